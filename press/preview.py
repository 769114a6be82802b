"""A MkDocs hook for live preview alone, `make serve`.

PDF and EPUB are the last that were made, as that takes longer than a page. An
edit of the press itself takes effect, and an error is one message, after
which the next good edit recovers. That edited snippets are run anew needs no
hook: the worker processes see to it.
"""

import importlib
import os
import shutil
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

FOLDER = Path(__file__).parent


class Preview:
    """Whether this is a preview, and how old the press in memory is."""

    on = False
    written: dict[Path, int]


def on_startup(command: str, **_: object) -> None:
    """Learn whether MkDocs builds or serves."""
    Preview.on = command == "serve"
    Preview.written = _written()
    # bytecode in a watched folder would look like another edit
    sys.dont_write_bytecode = sys.dont_write_bytecode or Preview.on


def on_pre_build(**_: object) -> None:
    """Forget the press if it was edited; pages then import it anew."""
    if not Preview.on:
        return
    if _written() != Preview.written:
        Preview.written = _written()
        sys.modules["press.execution"].OUTPUTS.close()
        for name in [name for name in sys.modules if name.startswith("press.")]:
            del sys.modules[name]
        importlib.invalidate_caches()
    else:
        sys.modules["press.execution"].OUTPUTS.expect(Path("docs"))


def on_post_build(config: MkDocsConfig, **_: object) -> None:
    """Fill in the reading time; put PDF and EPUB where their links lead."""
    if not Preview.on:
        return
    from press.reading import write_total
    from press.site import SITE

    write_total(Path(config.site_dir))
    for last in SITE.glob(f"{config.extra.get('paper')}.*"):
        shutil.copy(last, config.site_dir)


def on_build_error(error: Exception, **_: object) -> None:
    """Say what is wrong without a traceback; MkDocs has named the page."""
    if Preview.on and not isinstance(error, Abort):
        raise Abort(f"{type(error).__name__}: {error}")


def _written() -> dict[Path, int]:
    return {file: os.stat(file).st_mtime_ns for file in FOLDER.glob("*.py")}
