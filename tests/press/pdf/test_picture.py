"""Pictures leave their page ready for paper."""

from xml.etree import ElementTree

from press.pdf.picture import for_paper, take_pictures

SVG = (
    '<svg viewBox="0 0 9 9" width="9"><path fill="currentColor" '
    'stroke="var(--figure-blue, #0072b2)" d="M 0 0"/>'
    '<path fill="var(--figure-paper, #fffefa)"/><text>a</text></svg>'
)


def test_a_picture_has_printed_colours_and_stands_by_itself():
    svg = for_paper(SVG)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 9 9"
    assert root.get("font-family") == "DejaVu Sans"
    first, paper = root[0], root[1]
    assert first.get("stroke") == "#0072b2"
    assert first.get("fill") == "#1d232a"
    assert paper.get("fill") == "#ffffff"
    assert "var(" not in svg


def test_pictures_leave_the_page(tmp_path):
    html = take_pictures(f"<p>{SVG}</p><p>{SVG}</p>", tmp_path)
    (file,) = tmp_path.iterdir()
    assert html == 2 * f'<p><img data-file="{file.name}"></p>'
    assert file.read_text() == for_paper(SVG)
