"""The wheel of the book's code, which the notebooks of the site install.

It has what the snippets have, and the text alternatives of the pages' figures.
"""

import json
import os
import shutil
import time
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from flit_core.wheel import make_wheel_in

from press.reading.source import alternatives

PACKAGE = "snippets"
SETTINGS = Path("pyproject.toml")
REQUIREMENTS = "requirements.txt"  # its address stays, the wheel's does not
_EPOCH = "SOURCE_DATE_EPOCH"


def edition() -> str:
    """Return the wheel's version: the time of the commit, if that is known."""
    seconds = os.environ.get(_EPOCH)
    if not seconds:
        return "0"
    at = time.gmtime(int(seconds))
    minute = 60 * at.tm_hour + at.tm_min
    return f"{at.tm_year}.{at.tm_mon}.{at.tm_mday}.{minute}"


def name() -> str:
    """Return the name of the wheel's file."""
    project = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["project"]
    distribution = project["name"].replace("-", "_")
    return f"{distribution}-{edition()}-py3-none-any.whl"


def install(home: str) -> str:
    """Return the line that installs the wheel from where it is.

    home: the site's address; failing that, the wheel lies beside the notebook.
    """
    wanted = f"./{name()}"
    if home:
        wanted = f"-r {home.rstrip('/')}/notebooks/{REQUIREMENTS}"
    return f"%pip install --quiet {wanted}"


def build(folder: Path, home: str) -> None:
    """Build the wheel into a folder, the same bytes for the same source."""
    with TemporaryDirectory(prefix="press-wheel-") as made:
        copy = Path(made)
        shutil.copytree(PACKAGE, copy / PACKAGE)
        shutil.copy("LICENSE", copy)
        texts = json.dumps(alternatives(), indent=1)
        (copy / PACKAGE / "alternatives.json").write_text(texts)
        settings = SETTINGS.read_text(encoding="utf-8")
        settings = settings.replace('version = "0"', f'version = "{edition()}"')
        (copy / SETTINGS).write_text(settings, encoding="utf-8")
        folder.mkdir(exist_ok=True)
        with patch.dict(os.environ, {_EPOCH: os.environ.get(_EPOCH, "0")}):
            made_in = make_wheel_in(copy / SETTINGS, folder)
        made_in.file.chmod(0o644)  # as the rest of the site
    if home:
        line = f"{home.rstrip('/')}/{folder.name}/{name()}\n"
        (folder / REQUIREMENTS).write_text(line, encoding="utf-8")
