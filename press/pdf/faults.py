"""Gathers what is wrong on all pages, to report it at once."""

from bs4 import Tag

from press.fault import Fault

MOST_WORDS = 8  # of an element's text that name it


class Faults:
    """What keeps the PDF from being set."""

    def __init__(self) -> None:
        self.found: dict[str, None] = {}  # in order, each once

    def add(self, page: str, element: Tag | None, message: str) -> None:
        """Note what is wrong with an element of a page."""
        where = f"{page}: {describe(element)}" if element else page
        self.found[f"{where}: {message}"] = None

    def raise_any(self) -> None:
        """Raise one Fault for all that was found, if anything was."""
        if self.found:
            count = len(self.found)
            kept = "a fault keeps" if count == 1 else f"{count} faults keep"
            raise Fault(
                f"{kept} the PDF from being set\n  " + "\n  ".join(self.found)
            )


def describe(element: Tag) -> str:
    """Return what tells an element from others of its page."""
    name = element.name
    if element.get("id"):
        name += f' id="{element["id"]}"'
    elif element.get("class"):
        name += f' class="{" ".join(element["class"])}"'
    words = (element.get("data-tex") or element.get_text(" ")).split()
    shown = " ".join(words[:MOST_WORDS]) + " ..." * (len(words) > MOST_WORDS)
    return f"<{name}> {shown!r}" if words else f"<{name}>"
