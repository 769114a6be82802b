"""Make the subset of STIX Two Math that the site carries, from the whole font.

Run `python -m press.font STIXTwoMath.ttf` when a formula uses a character that
the subset lacks; a test tells which. Commit the result.

It needs `pip install "fonttools[woff]"`.
The whole font comes with the package ziamath.
"""

import sys
from pathlib import Path

SUBSET = Path("docs/assets/fonts/stix-two-math.woff2")

_ITALIC_LATIN = "".join(map(chr, range(0x1D434, 0x1D468))) + "\u210e"
_GREEK = "αβγδεζηθλμπρστφχψω"
_ITALIC_GREEK = "".join(
    chr(0x1D6FC + ord(letter) - ord("α")) for letter in _GREEK
)
_SIGNS = "×·⋅±−∗∘√∂∇∈∑∏∞≈≠≤≥⊙⊤→←⇒⋯…⋮′ˆ¯|∣ΔΣℒℝ\u0302\u0304"
_UNSEEN = "\u00a0\u2061\u2062\u2063\ufe00"  # spaces and choices of form
CHARACTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + _ITALIC_LATIN
    + _GREEK
    + _ITALIC_GREEK
    + _SIGNS
    + _UNSEEN
)


def make_subset(font: Path, subset: Path = SUBSET) -> None:
    """Write the glyphs of CHARACTERS to `subset`, as WOFF2.

    Their stretched and small forms and the MATH table are written as well.
    """
    from fontTools import subset as fonttools

    options = fonttools.Options(
        flavor="woff2",
        hinting=False,
        layout_features=[
            "ssty",
            "ss04",
            "dtls",
            "flac",
            "ccmp",
            "mark",
            "mkmk",
        ],
    )
    options.name_IDs = [
        0,
        1,
        2,
        5,
        13,
        14,
    ]  # whose it is, which version, under which licence
    whole = fonttools.load_font(str(font), options)
    subsetter = fonttools.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(whole)
    fonttools.save_font(whole, str(subset), options)
    print(f"{subset}: {subset.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit(f"{__doc__}\npress.font: give the path of the whole font")
    make_subset(Path(sys.argv[1]))
