"""The counts that the book gives, and whether they still hold.

record.json has the counts of each snippet with a digest of it and of what
explains its survivors: an edit of either asks for a new run. There is no digest
of the tests, for whoever adds a test should not have to wait; a test that was
weakened shows in the next run.
"""

import ast
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.mutants.changes import Mutant
from tests.mutants.explained import Explanations, Verdict

RECORD = Path("tests/mutants/record.json")
EXPLAINED = Path("tests/mutants/explained.toml")
UNEXPLAINED = "none, for its last run was not in order"
_HAVE_DOCSTRINGS = (ast.Module, ast.ClassDef, ast.FunctionDef)
COUNTS = ("mutants", "killed", "explained", "untried", "one by one")


def snippets() -> list[str]:
    """Return the files that have code to change, in order."""
    return [
        file.as_posix()
        for file in sorted(Path("snippets").rglob("*.py"))
        if file.name != "__init__.py"
    ]


def read() -> dict:
    """Return the record: mutants, killed, explained, and each by file."""
    if not RECORD.exists():
        return {"files": {}}
    return json.loads(RECORD.read_text(encoding="utf-8"))


def counts(
    file: str,
    mutants: Sequence[Mutant],
    alive: Sequence[Mutant],
    verdict: Verdict,
) -> dict:
    """Return what the record holds of a file."""
    return {
        "mutants": len(mutants),
        "killed": len(mutants) - len(alive),
        "explained": len(alive),
        "untried": sum(
            verdict.rules[str(rule)]
            for rule in Explanations.read(EXPLAINED).rules
            if not rule.tried
        ),
        "one by one": verdict.singles,
        "rules": dict(sorted(verdict.rules.items())),
        "digest": UNEXPLAINED if verdict.faults else _digest(file),
    }


def write(files: dict[str, dict]) -> dict:
    """Write the record with these counts of files, and return it.

    What it holds of other files stays as it is, but for what was edited since:
    its mutants were other ones, and it waits for the weekly run.
    """
    there = snippets()
    known = {
        file: kept
        for file, kept in read()["files"].items()
        if file in there and kept["digest"] in (UNEXPLAINED, _digest(file))
    } | files
    files = {file: known[file] for file in there if file in known}
    content = {
        "tool": f"mutmut {version('mutmut')}",
        **{name: sum(f[name] for f in files.values()) for name in COUNTS},
        "waiting": len(there) - len(files),
        "rules": dict(sorted(_rules(files).items())),
        "files": files,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    RECORD.write_text(text + "\n", encoding="utf-8")
    return content


def faults(but_new: bool = False) -> list[str]:
    """Say why the record does not hold for the snippets as they are.

    but_new: whether a snippet may wait whose mutants were never tried.
    """
    files = read()["files"]
    said = []
    for name in snippets():
        digest = files[name]["digest"] if name in files else None
        if digest is None and not but_new:
            what = "its mutants were never tried"
        elif digest == UNEXPLAINED:
            what = "a mutant is not noticed, or wrongly explained"
        elif digest not in (None, _digest(name)):
            what = "edited since its mutants were tried"
        else:
            continue
        said.append(f"{name}: {what}: run make mutants FILES={name}")
    said += [
        f"{name}: is gone: run make mutants"
        for name in files
        if name not in snippets()
    ]
    if said or (but_new and len(files) < len(snippets())):
        return (
            said  # which explanations are needed is known once all were tried
        )
    return Explanations.read(EXPLAINED).idle(_rules(files))


def _rules(files: dict[str, dict]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in files.values():
        total.update(each["rules"])
    return total


def _digest(file: str) -> str:
    """Return a digest of a file's code and of its explanations.

    Docstrings, comments and what ends the lines do not count.
    """
    text = _code(Path(file).read_text(encoding="utf-8"))
    text += Explanations.read(EXPLAINED).concerning(file)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _code(text: str) -> str:
    """Return the lines that run."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _HAVE_DOCSTRINGS) and ast.get_docstring(node):
            docstring = node.body[0]
            for number in range(docstring.lineno - 1, docstring.end_lineno):
                lines[number] = ""
    return "\n".join(
        line for line in lines if line.strip() and line.lstrip()[0] != "#"
    )
