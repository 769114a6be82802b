"""`python -m press` builds the site: whole, in `site/`, or not at all.

MkDocs writes into a folder of its own, and only a finished site takes the place
of the last one. A failed build leaves no site, so that nobody publishes an old
one by mistake.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from mkdocs.__main__ import cli

from press.fault import Fault, tell
from press.paper.keep import write_paper
from press.running.execution import OUTPUTS
from press.website.edition import SITE, date_by_commit
from press.website.sound import check_site, check_sources
from press.website.steps import finish

WORK = Path(".press")


def main() -> int:
    """Build the site; print what is wrong; return the exit code, 0 or 1."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's long banner
    date_by_commit()
    shutil.rmtree(SITE, ignore_errors=True)
    is_built = False
    try:
        WORK.mkdir(exist_ok=True)
        remove_ruins()
        with tempfile.TemporaryDirectory(dir=WORK, prefix="site-") as folder:
            built = Path(folder, "site")
            if build(built):
                publish(built)
                is_built = True
    except OSError as error:  # not even a folder can be written
        print(f"press: {tell(error)}", file=sys.stderr)
    if not is_built:
        print("press: no site was built", file=sys.stderr)
        return 1
    print(f"press: the site is in {SITE}{os.sep}; open {SITE / 'index.html'}")
    return 0


def remove_ruins() -> None:
    """Remove what builds left that were killed, a day ago or longer."""
    for ruin in WORK.glob("site-*"):
        if time.time() - ruin.stat().st_mtime > 24 * 60 * 60:
            shutil.rmtree(ruin, ignore_errors=True)


def build(folder: Path) -> bool:
    """Build into `folder` with MkDocs; return whether nothing was wrong."""
    command, is_told = ["build", "--strict", "--site-dir"], False
    try:
        check_sources()
        is_told = True  # by MkDocs, a page's fault, with the page
        cli.main([*command, str(folder)], "mkdocs", standalone_mode=False)
        is_told = False
        finish(folder, os.environ.get("SITE_URL", ""))
        write_paper(folder)
        check_site(folder)
    except Exception as error:
        if not (is_told and isinstance(error, Fault)):
            print(f"press: {tell(error)}", file=sys.stderr)
        return False
    finally:
        OUTPUTS.close()
    return True


def publish(built: Path) -> None:
    """Put a finished site in its place, even while another build does so."""
    for attempts_left in reversed(range(10)):
        shutil.rmtree(SITE, ignore_errors=True)
        try:
            built.rename(SITE)
        except OSError:
            if not attempts_left:
                raise
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
