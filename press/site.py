"""The built site: where it lies, and what date it bears."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

SITE = Path("site")


def date_by_commit() -> None:
    """Let the site bear the date of its commit: same source, same bytes."""
    command = ["git", "log", "-1", "--format=%ct"]
    with suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(command, check=True, capture_output=True)
        if done.stdout.strip():
            seconds = done.stdout.decode().strip()
            os.environ.setdefault("SOURCE_DATE_EPOCH", seconds)
