import sys

from press.preview import on_pre_build


def test_snippets_are_forgotten_and_nothing_else(project, monkeypatch):
    folder = project({"one.md": "# One\n"}, {"value.py": "x = 1\n"})
    kept = {
        k: m for k, m in sys.modules.items() if k.split(".")[0] == "snippets"
    }
    for name in kept:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(folder)
    from snippets.value import x

    assert x == 1
    others = set(sys.modules) - {"snippets", "snippets.value"}
    on_pre_build()
    assert set(sys.modules) == others
