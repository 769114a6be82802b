"""The built site: where it lies, and what date it bears."""

import os
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

SITE = Path("site")


def date_by_commit() -> None:
    """Let the site bear the date of its commit: same source, same bytes.

    It is the edition that each page names, by EDITION in mkdocs.yml. Without
    git, and without a date in the environment, there is none.
    """
    command = ["git", "log", "-1", "--format=%ct"]
    with suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(command, check=True, capture_output=True)
        if done.stdout.strip():
            seconds = done.stdout.decode().strip()
            os.environ.setdefault("SOURCE_DATE_EPOCH", seconds)
    if seconds := os.environ.get("SOURCE_DATE_EPOCH"):
        date = datetime.fromtimestamp(int(seconds), UTC)
        os.environ["EDITION"] = f"{date:%Y-%m-%d}"
