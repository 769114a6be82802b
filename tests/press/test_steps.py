"""The steps over the built site."""

import base64
import hashlib

import pytest
from bs4 import BeautifulSoup

from press.markup.reading_time import about, add_total
from press.website.blanks import take_blanks
from press.website.explorables import add_scripts
from press.website.files import take_files
from press.website.moved import add_moved
from press.website.policy import digests, write_policy
from press.website.sheets import without


def template(name, content=b"picture"):
    text = base64.b64encode(content).decode()
    return f'<template data-file="{name}" data-search-exclude>{text}</template>'


def test_a_file_is_written_and_leaves_its_page(tmp_path):
    pages = {"a.html": f"<p>before</p>{template('a/b.png')}<p>after</p>"}
    take_files(tmp_path, pages)
    assert (tmp_path / "a/b.png").read_bytes() == b"picture"
    assert pages == {"a.html": "<p>before</p><p>after</p>"}


@pytest.mark.parametrize(
    ("old", "new", "to"),
    [
        ("page.html", "new/page.html", "new/page.html"),
        ("old/page.html", "new/page.html#part", "../new/page.html#part"),
    ],
)
@pytest.mark.parametrize("home", ["", "https://example.org/book/"])
def test_an_address_of_old_sends_on(tmp_path, monkeypatch, old, new, to, home):
    page = move(tmp_path, monkeypatch, old, new, home)
    refresh = page.find("meta", attrs={"http-equiv": "refresh"})
    assert refresh["content"] == f"0; url={to}"
    assert page.body.a["href"] == page.script["data-to"] == to
    assert page.script["src"] == "../" * old.count("/") + "assets/moved.js"
    assert not page.script.get_text(), "the policy would have to allow it"
    canonical = f"{home}new/page.html" if home else to
    assert page.find("link", rel="canonical")["href"] == canonical


def move(folder, monkeypatch, old, new, home=""):
    monkeypatch.chdir(folder)
    settings = f"extra:\n  moved:\n    {old}: {new}\n"
    (folder / "mkdocs.yml").write_text(settings)
    pages = {"new/page.html": '<h2 id="part">Part</h2>'}
    add_moved(pages, home)
    return BeautifulSoup(pages[old], "html.parser")


RUN = " let a = '<script src=b.js>'; "
PAGE = f"""<script src="c.js"></script><script>{RUN}</script>
<script type="application/json">{{}}</script><script type=module>d</script>"""


def digest(text):
    code = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{code}'"


def test_the_policy_has_each_script_that_runs(tmp_path):
    assert digests(PAGE) == {digest(RUN), digest("d")}
    write_policy(tmp_path, {"a": PAGE, "b": "<script>e</script>"})
    policy = (tmp_path / "policy.conf").read_text()
    wanted = " ".join(sorted(map(digest, (RUN, "d", "e"))))
    assert f"script-src 'self' {wanted}; " in policy
    assert policy.startswith('add_header Content-Security-Policy "default-src')
    assert policy.endswith('" always;\n')
    assert policy.count("unsafe-inline") == 1, "for attributes"


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".met{a:b}.other{a:b}", ".met{a:b}"),
        ("p,.other p,.met>p{a:b}", "p,.met>p{a:b}"),
        ("@media print{.other{a:b}}p{c:d}", "p{c:d}"),
        ("@media print{.met{a:b}.other{a:b}}", "@media print{.met{a:b}}"),
        ("[type=copy]{a:b}[type='none']{a:b}", "[type=copy]{a:b}"),
        ("p:not(.other){a:b}", "p:not(.other){a:b}"),
        (":is(.met,p) b{a:b}", ":is(.met,p) b{a:b}"),
        ("@font-face{a:b}@keyframes other{to{a:b}}",) * 2,
        ('.met{a:url("x;{}")}.other{}', '.met{a:url("x;{}")}'),
        ("/* .met */@import 'a';p{a:b}", "@import 'a';p{a:b}"),
    ],
)
def test_rules_for_what_the_site_lacks_go(sheet, left):
    assert without(sheet, {"met", "copy"}) == left


def test_blanks_between_lines_go_and_those_of_code_stay():
    code = '<pre>\n  <span class="k">if</span> {}:\n\n    b</pre>'
    page = f"<p>\n\n  a \n b </p> {code}\n\n<script>\n 'a'</script>\n"
    take_blanks(pages := {"a": page.format('<span class="n">a</span>')})
    left = f"<p>\na\nb </p> {code}\n<script>\n 'a'</script>\n"
    assert pages == {"a": left.format("a")}


def test_a_page_says_how_long_all_chapters_take():
    time = '<p class="reading-time no-print">{} minutes to read</p>'
    home = "<p>It takes <!-- reading time -->.</p>"
    pages = {"a": home + time.format(50), "b": time.format(10)}
    add_total(pages)
    assert pages["a"].startswith("<p>It takes about an hour.</p>")
    assert pages["b"] == time.format(10)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        *((1, "half an hour"), (44, "half an hour"), (46, "an hour")),
        *((74, "an hour"), (76, "an hour and a half"), (106, "2 hours")),
        *((150, "2½ hours"), (360, "6 hours")),
    ],
)
def test_a_long_time_is_said_to_the_half_hour(minutes, said):
    assert about(minutes) == f"about {said}"


def test_a_page_gets_the_scripts_of_its_figures_and_what_they_need(project):
    folder = "assets/explorables/"
    scripts = {"one-figure": "// needs numbers\n", "numbers": "", "other": ""}
    project({f"{folder}{name}.js": text for name, text in scripts.items()})
    here = "<head></head><one-figure><figure>"
    pages = {"a/b.html": here, "c.html": "<a-b>"}
    add_scripts(pages)
    page = BeautifulSoup(pages["a/b.html"], "html.parser")
    assert [
        script["src"] for script in page.find_all("script", defer=True)
    ] == [
        f"../{folder}{name}.js"
        for name in ("explorable", "numbers", "one-figure")
    ]
    assert page.link["href"] == f"../{folder}explorable.css"
    assert pages["c.html"] == "<a-b>"
