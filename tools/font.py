"""Make the subsets of the fonts that the site carries, from the whole fonts.

Run `python -m tools.font FOLDER` when a page uses a character that a subset
lacks; a test tells which. FOLDER holds the whole fonts, named as in FONTS:
STIX Two Math comes with the Python package ziamath, STIX Two Text with the
npm package @fontsource/stix-two-text. Commit the results.

It needs `pip install "fonttools[woff]"`.
"""

import sys
from pathlib import Path

SUBSETS = Path("docs/assets/fonts")

_TEXT = "".join(map(chr, range(0x20, 0x7F))) + "‘’“”–—−·×±½…çéöúü→\u00a0"
_ITALIC_LATIN = (
    "".join(chr(0x1D434 + ord(letter) - ord("A")) for letter in "ABCDJLMTWXYZ")
    + "".join(map(chr, range(0x1D44E, 0x1D468)))
    + "\u210e"
)
_GREEK = "αηθσ"
_ITALIC_GREEK = "".join(
    chr(0x1D6FC + ord(letter) - ord("α")) for letter in _GREEK
)
_UPRIGHT = "0123456789()[]{}|+-=<>,.:;!'/ abcdefghijklmnopqrstuvwxyzJLW"
_SIGNS = "Φ×·⋅±−∗√∂∑≈≠≤≥∈⊙⊤←→⋯…′ˆ∣ℒℝ\u0302"
_UNSEEN = "\u00a0\u2061\u2062\u2063\ufe00"  # spaces and choices of form
_MATHS = _UPRIGHT + _ITALIC_LATIN + _GREEK + _ITALIC_GREEK + _SIGNS + _UNSEEN

# what stands in indices and exponents, drawn sturdier there
_SMALL = "0123456789+−=,./()[]′⊤𝐿ℎ" + "".join(map(chr, range(0x1D44E, 0x1D468)))

# each subset's name: the whole font, its characters, its OpenType features
FONTS = {
    "stix-two-math": ("STIXTwoMath-Regular.ttf", _MATHS, ["ssty", "ss04"]),
    "stix-two-text": (
        "stix-two-text-latin-400-normal.woff2",
        _TEXT,
        ["kern", "liga"],
    ),
    "stix-two-text-italic": (
        "stix-two-text-latin-400-italic.woff2",
        _TEXT,
        ["kern", "liga"],
    ),
    "stix-two-text-semibold": (
        "stix-two-text-latin-600-normal.woff2",
        _TEXT,
        ["kern", "liga"],
    ),
}
# whose it is, which version, under which licence
_NAMES_KEPT = [0, 1, 2, 5, 13, 14]


def make_subset(
    whole: Path, subset: Path, characters: str, features: list[str]
) -> None:
    """Write the glyphs of `characters` to `subset`, as WOFF2.

    Their stretched and small forms and the MATH table are written as well.
    """
    from fontTools import subset as fonttools

    options = fonttools.Options(
        flavor="woff2",
        hinting=False,
        layout_features=features,
        name_IDs=_NAMES_KEPT,
    )
    font = fonttools.load_font(str(whole), options)
    if "MATH" in font:
        thin_out(font["MATH"].table.MathVariants.VertGlyphConstruction)
        keep_small(font, _SMALL)
    subsetter = fonttools.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    fonttools.save_font(font, str(subset), options)
    print(f"{subset}: {subset.stat().st_size / 1000:.0f} kB")


def thin_out(constructions: list) -> None:
    """Leave out every other size of a fence; a dozen are hard to tell apart."""
    for construction in constructions:
        sizes = construction.MathGlyphVariantRecord
        if len(sizes) > 6:
            construction.MathGlyphVariantRecord = [*sizes[:3], *sizes[4::2]]
            construction.VariantCount = len(sizes[:3]) + len(sizes[4::2])


def keep_small(font: object, characters: str) -> None:
    """Keep the forms for indices and exponents of these characters alone."""
    glyphs = font.getBestCmap()
    kept = {glyphs.get(ord(character)) for character in characters}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            forms = getattr(table, "alternates", {})
            for glyph in forms.keys() - kept:
                del forms[glyph]


def main(folder: Path) -> None:
    """Make every subset; exit with a message if a whole font is missing."""
    missing = [
        name for name, _, _ in FONTS.values() if not (folder / name).is_file()
    ]
    if missing:
        sys.exit(f"{__doc__}\ntools.font: {folder} lacks {', '.join(missing)}")
    for name, (whole, characters, features) in FONTS.items():
        subset = SUBSETS / f"{name}.woff2"
        make_subset(folder / whole, subset, characters, features)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) == 2 else ""))
