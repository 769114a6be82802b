"""The fonts are unpacked once, and know what they lack."""

import typst

from press.pdf.fonts import FOLDER, Fonts


def test_every_face_can_be_used(make_site):
    fonts = Fonts(make_site({}))
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[fonts.folder],
    ).fonts()
    faces = {(font.family, font.weight, font.style) for font in found}
    assert {
        ("STIX Two Text", 400, "normal"),
        ("STIX Two Text", 400, "italic"),
        ("STIX Two Text", 600, "normal"),
        ("STIX Two Math", 400, "normal"),
        ("DejaVu Sans", 400, "normal"),
        ("DejaVu Sans Mono", 400, "normal"),
    } <= faces
    assert not any("LastResort" in family for family, _, _ in faces)


def test_missing_characters_are_told(make_site):
    fonts = Fonts(make_site({}))
    assert fonts.missing("Every one: é 𝑧 ∑ ✓ ℒ\n") == []
    assert fonts.missing("a 中 b 文") == ["中", "文"]


def test_fonts_are_unpacked_once(make_site, monkeypatch):
    site = make_site({})
    first = Fonts(site)
    monkeypatch.setattr(Fonts, "unpack", None)
    assert Fonts(site).folder == first.folder
    assert Fonts(site).characters == first.characters


def test_other_fonts_take_the_place_of_the_last(make_site):
    site = make_site({})
    Fonts(site)
    (site / "assets/fonts/stix-two-text-italic.woff2").unlink()
    Fonts(site)
    (folder,) = FOLDER.iterdir()
    assert not (folder / "stix-two-text-italic.ttf").exists()
    assert (folder / "stix-two-text.ttf").exists()
