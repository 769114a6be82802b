"""`python -m press.pdf` sets the PDF of the site in `site/`."""

import gc
import sys

from press.fault import Fault
from press.pdf.keep import write_pdf
from press.site import SITE, date_by_commit


def main() -> int:
    """Set the PDF; print where it is, or what is wrong; return 0 or 1."""
    date_by_commit()
    try:
        if not SITE.is_dir():
            raise Fault(f"there is no {SITE}/ yet; make it with `make site`")
        file = write_pdf(SITE)
        if file is None:
            raise Fault("mkdocs.yml has no `pdf:` in `extra:`, a file's name")
    except Fault as fault:
        print(f"press: {fault.format_message()}", file=sys.stderr)
        return 1
    print(f"press: the book is in {file}")
    return 0


if __name__ == "__main__":
    gc.disable()  # nothing to collect before the process ends
    sys.exit(main())
