"""Digests of the scripts that stand in pages."""

import base64
import hashlib

from press.policy import digests, write_policy

RUN = " let a = '<script src=b.js>'; "
PAGE = f"""<script src="c.js"></script><script>{RUN}</script>
<script type="application/json">{{}}</script><script type=module>d</script>"""


def digest(text):
    code = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{code}'"


def test_each_script_that_runs_is_digested():
    assert digests(PAGE) == {digest(RUN), digest("d")}


def test_policy_has_the_scripts_of_all_pages_in_one_order(tmp_path):
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/b.html").write_text("<script>e</script>")
    write_policy(tmp_path)
    policy = (tmp_path / "policy.conf").read_text()
    wanted = " ".join(sorted(map(digest, (RUN, "d", "e"))))
    assert f"script-src 'self' {wanted}; " in policy
    assert policy.startswith('add_header Content-Security-Policy "default-src')
    assert policy.endswith('" always;\n')
    assert "unsafe-inline" not in policy.replace(
        "style-src-attr 'unsafe-inline'", ""
    )
