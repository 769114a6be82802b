"""The fonts of the PDF, all of them open, and all at hand.

Text and formulas are set in the site's own STIX Two, unpacked from its web
fonts; letters in figures in DejaVu Sans and code in DejaVu Sans Mono, which
come with matplotlib: its figures are laid out by their widths.
"""

import hashlib
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from press.fault import Fault

FOLDER = Path(".press/fonts")
CHARACTERS = "characters.txt"  # all that the fonts have
SITE_FONTS = Path("assets/fonts")
# beside them lies a font that shows a box for every character there is, and
# would hide that one is missing
DEJAVU = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSans-Oblique.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "DejaVuSansMono-Oblique.ttf",
)


class Fonts:
    """The files of the fonts, in a folder of their own.

    Unpacking takes a moment, so they are kept, under a digest.
    site: the built site, which holds the web fonts.
    Raises Fault for a site without fonts.
    """

    def __init__(self, site: Path) -> None:
        packed = sorted((site / SITE_FONTS).glob("*.woff2"))
        if not packed:
            raise Fault(f"the site has no fonts in {SITE_FONTS.as_posix()}")
        seal = hashlib.sha256(version("matplotlib").encode())
        for font in packed:
            seal.update(font.read_bytes())
        self.folder = FOLDER / seal.hexdigest()
        if not self.folder.is_dir():
            self.unpack(packed)
        listed = (self.folder / CHARACTERS).read_text(encoding="utf-8")
        self.characters = set(listed)

    def unpack(self, packed: list[Path]) -> None:
        """Make the folder; it is there whole or not at all."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(dir=FOLDER, prefix="new-"))
        for font in packed:
            unpack(font, folder / f"{font.stem}.ttf")
        for font in dejavu():
            shutil.copy(font, folder)
        fonts = sorted(folder.iterdir())
        points = sorted(set().union(*map(code_points, fonts)))
        characters = "".join(map(chr, points))
        (folder / CHARACTERS).write_text(characters, encoding="utf-8")
        for older in FOLDER.iterdir():
            if not older.name.startswith("new-"):  # another build's
                shutil.rmtree(older, ignore_errors=True)
        try:
            folder.rename(self.folder)
        except OSError:  # another build was faster
            shutil.rmtree(folder)

    def missing(self, text: str) -> list[str]:
        """Return the characters of `text` that no font has."""
        missing = set(text) - self.characters - set("\n\t")
        return sorted(missing)


def unpack(packed: Path, font: Path) -> None:
    """Write a web font as a plain one.

    Its PostScript name, which a web font can do without, is added.
    """
    from fontTools.ttLib import TTFont

    with TTFont(packed, recalcTimestamp=False) as unpacked:
        unpacked.flavor = None
        family, style = (unpacked["name"].getDebugName(n) for n in (1, 2))
        name = f"{family}-{style}".replace(" ", "")
        unpacked["name"].setName(name, 6, 3, 1, 0x409)
        unpacked.save(font, reorderTables=False)


def code_points(font: Path) -> set[int]:
    """Return the code points that a font has."""
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as opened:
        return set(opened.getBestCmap())


def dejavu() -> list[Path]:
    """Return matplotlib's fonts, without importing matplotlib."""
    package = Path(find_spec("matplotlib").origin).parent
    return [package / "mpl-data/fonts/ttf" / name for name in DEJAVU]
