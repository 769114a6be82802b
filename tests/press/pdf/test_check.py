"""`make pdf-check` says what it needs."""

import os
import subprocess
import sys

from tests.press.conftest import ROOT


def test_what_is_missing_is_told(make_site):
    site = make_site({})
    done = subprocess.run(
        [sys.executable, "-m", "press.pdf.check"],
        cwd=site.parent,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "PATH": "", "JAVA_JARS": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for need in ("make site", "default-jdk-headless", "libjaxb-java"):
        assert need in done.stderr
    assert "Traceback" not in done.stderr
