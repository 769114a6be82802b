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

from click import Abort, ClickException
from mkdocs.__main__ import cli
from pymdownx.snippets import SnippetMissingError

from press.execution import OUTPUTS
from press.fault import Fault, locate
from press.files import write_files
from press.ledger import part_ledger
from press.moved import write_moved
from press.paper.keep import write_paper
from press.policy import write_policy
from press.reading import write_total
from press.sheets import lighten
from press.site import SITE, date_by_commit

WORK = Path(".press")


def main() -> int:
    """Build the site; print what is wrong; return the exit code, 0 or 1."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's long banner
    date_by_commit()
    shutil.rmtree(SITE, ignore_errors=True)
    WORK.mkdir(exist_ok=True)
    remove_ruins()
    with tempfile.TemporaryDirectory(dir=WORK, prefix="site-") as folder:
        built = Path(folder, "site")
        if not build(built):
            print("press: no site was built", file=sys.stderr)
            return 1
        publish(built)
    print(f"press: the site is in {SITE}{os.sep}; open {SITE / 'index.html'}")
    return 0


def remove_ruins() -> None:
    """Remove what builds left that were killed, a day ago or longer."""
    for ruin in WORK.glob("site-*"):
        if time.time() - ruin.stat().st_mtime > 24 * 60 * 60:
            shutil.rmtree(ruin, ignore_errors=True)


def build(folder: Path) -> bool:
    """Let MkDocs build into `folder`; return whether nothing was wrong."""
    command = ["build", "--strict", "--site-dir", str(folder)]
    try:
        cli.main(command, prog_name="mkdocs", standalone_mode=False)
    except Fault:  # MkDocs has logged it, with the page
        return False
    except Abort:
        print("press: interrupted", file=sys.stderr)
        return False
    except SnippetMissingError as error:
        name = str(error).split("'")[1]
        print(f"press: {locate(name)}: {error}", file=sys.stderr)
        return False
    except ClickException as error:
        print(f"press: {error.format_message()}", file=sys.stderr)
        return False
    except Exception as error:  # a library's; MkDocs has named the page
        print(f"press: {type(error).__name__}: {error}", file=sys.stderr)
        return False
    finally:
        OUTPUTS.close()
    return finish(folder)


def finish(folder: Path) -> bool:
    """Take the steps over the built site; return whether nothing was wrong."""
    try:
        write_files(folder)
        write_total(folder)
        part_ledger(folder)
        write_moved(folder, os.environ.get("SITE_URL", ""))
        lighten(folder)
        write_policy(folder)
        write_paper(folder)
    except Fault as error:
        print(f"press: {error.format_message()}", file=sys.stderr)
        return False
    except OSError as error:  # a full disk, a program that cannot be run
        print(f"press: {error}", file=sys.stderr)
        return False
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
