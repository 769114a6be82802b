"""`python -m press` builds the site: whole, in `site/`, or not at all.

MkDocs writes into a folder of its own, and only a finished site takes the place
of the last one. A failed build leaves no site, so that nobody publishes an old
one by mistake.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from click import Abort, ClickException
from mkdocs.__main__ import cli

SITE = Path("site")
WORK = Path(".press")


def main() -> int:
    """Build the site, print what is wrong and return the exit code, 0 or 1."""
    shutil.rmtree(SITE, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK, prefix="site-") as folder:
        built = Path(folder, "site")
        if not _build(built):
            print("press: no site was built", file=sys.stderr)
            return 1
        built.rename(SITE)
    print(f"press: the site is in {SITE}{os.sep}; open {SITE / 'index.html'}")
    return 0


def _build(folder: Path) -> bool:
    try:
        cli.main(
            ["build", "--strict", "--site-dir", str(folder)],
            prog_name="mkdocs",
            standalone_mode=False,
        )
    except Abort as error:  # MkDocs has counted warnings
        print(f"press: {error}", file=sys.stderr)
    except ClickException:  # a Fault, which MkDocs has logged with the page
        pass
    except (
        Exception
    ) as error:  # raised by a library; `python -m mkdocs build` shows where
        print(f"press: {type(error).__name__}: {error}", file=sys.stderr)
    else:
        return True
    return False


if __name__ == "__main__":
    sys.exit(main())
