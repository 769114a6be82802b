"""Writes which scripts the pages of the built site may run, for its host.

Some of the theme's scripts stand in the pages themselves. A host that forbids
all others needs a digest of each of them, and they change with the theme, with
the site's address and with its folders: so every build writes them anew, as a
line that nginx includes, in policy.conf.
"""

import base64
import hashlib
import re
from pathlib import Path

FILE = "policy.conf"
# style elements would need digests too, but there are none; attributes align
# the columns of formulas; fonts stand in a style sheet, and the theme's icons
# are data
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; worker-src 'self'; "
    "connect-src 'self'; style-src-elem 'self'; "
    "style-src-attr 'unsafe-inline'; font-src data:; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL)
_NOT_RUN = re.compile(r"\b(src=|type=\"?application/(ld\+)?json)")


def write_policy(site: Path, pages: dict[str, str]) -> None:
    """Write the policy of a built site beside its pages."""
    found = set().union(*map(digests, pages.values()))
    policy = POLICY.format(scripts=" ".join(sorted(found)))
    line = f'add_header Content-Security-Policy "{policy}" always;\n'
    (site / FILE).write_text(line, encoding="utf-8")


def digests(page: str) -> set[str]:
    """Return a digest, as a policy wants it, of each script in a page."""
    scripts = (
        hashlib.sha256(script.encode("utf-8")).digest()
        for attributes, script in _SCRIPT.findall(page)
        if not _NOT_RUN.search(attributes)
    )
    return {f"'sha256-{base64.b64encode(s).decode()}'" for s in scripts}
