"""A MkDocs hook for live preview alone: edited snippets are imported anew.

Without it they would be taken from memory.
"""

import sys


def on_pre_build(**_: object) -> None:
    """Forget the modules of the snippets before each build."""
    for name in [
        name for name in sys.modules if name.split(".")[0] == "snippets"
    ]:
        del sys.modules[name]
