"""Turns a page of the built site into what paper.lua reads.

What is only for the web goes, links lead within the book, and what Pandoc has
no word for is a div or a span with a class.
"""

import hashlib
import re
from html import escape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, fromstring
from lxml.html.builder import DIV, SPAN, A, P

from press.fault import Fault
from press.markup.formula import translate
from press.website.figures import alone

LIVE = "This figure moves on the book’s website."
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_MATH = re.compile(r'<math data-tex="([^"]*)"(.*?</math>)', re.DOTALL)
_MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"'
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# code that is folded away is only for the web, too
_OFF = ".//details[@class='code']|.//script|.//style|.//template"
for _name in ("no-print", "web-only", "headerlink", "footnote-backref"):
    _OFF += f"|.//*[contains(@class, '{_name}')]"
_REFUSED = ".//audio|.//button|.//canvas|.//iframe|.//input|.//object|.//video"
_CUT = ".//*[contains(@class, 'pieces')]"
# what is a div for Pandoc, of which class; its own class may follow
_RENAMED = {
    ".//figure": "figure",
    ".//figcaption": "caption",
    ".//details[normalize-space(summary)='Solutions']": "solutions",
    ".//details|.//div[contains(@class, 'admonition')]": "box {}",
    ".//summary|.//p[@class='admonition-title']": "title",
    "./div[@class='footnote']//li": "note",
}
# what stands in a div, of which class
_WRAPPED = {
    "./h1/following-sibling::*[1][self::p]": "opening",
    "./p[@class='aim']": "aim",
}
_UNWRAPPED = "./div/ol[div]|.//sup[a/@class='footnote-ref']"
_UNWRAPPED += "|.//ol[count(li)=1]|.//ol[count(li)=1]/li"  # no list, one thing
# Pandoc keeps no such ids
_LOSING = ".//dt[@id]|.//li[@id]|.//p[@id]|.//td[@id]"


class Page:
    """A page of the site.

    pictures: each of it, by the name of the file that it is to become.
    Raises Fault for a page that is not there, or what has no form on paper.
    """

    def __init__(self, site: Path, address: str) -> None:
        self.site, self.address = site, address
        self.slug = address.removesuffix(".html").replace("/", "-")
        self.pictures: dict[str, bytes] = {}
        file = site / address
        found = file.is_file() and _ARTICLE.search(file.read_text("utf-8"))
        if not found:
            raise Fault(f"{address}: the site has no such page, or no article")
        # now, for the parser writes viewbox, and lets a <wbr> hold the rest
        html = _SVG.sub(self._keep_svg, found[0].replace("<wbr>", ""))
        self.article = fromstring(_PRE.sub(_code, _MATH.sub(_keep, html)))
        for element in self.article.xpath(_OFF):
            if element.getparent() is not None:
                element.drop_tree()
        for element in self.article.xpath(_REFUSED):
            told = f"<{element.tag}> has no form on paper"
            raise Fault(f"{address}: {told}; give it the class no-print")
        (self.title,) = self.article.findall("h1")
        self.top = self.title.get("id")

    def resolve(self, href: str) -> tuple[str, str]:
        """Return the address in the site, and the fragment, of a link."""
        parts = urlsplit(urljoin(f"http://site/{self.address}", href))
        return unquote(parts.path).lstrip("/"), unquote(parts.fragment)

    def lead(self, href: str, pages: dict[str, "Page"], base: str) -> str:
        """Return where a link leads: in the book, to the web, or nowhere.

        base: the site's address, if known; a file on its own finds no other.
        """
        if ":" in href.partition("#")[0]:
            return href
        address, fragment = self.resolve(href)
        if address in pages:
            there = pages[address]
            return f"#{there.slug}--{fragment or there.top}"
        return f"{base}/{address}#{fragment}".rstrip("#") if base else ""

    def convert(self, pages: dict[str, "Page"], base: str) -> str:
        """Return the page as the HTML that Pandoc is to read."""
        for pieces in self.article.xpath(_CUT):
            self._join(pieces)
        for image in self.article.findall(".//img"):
            self._alter_image(image)
        for figure in self.article.findall(".//figure"):
            self._alter_figure(figure, base)
        for equation in self.article.findall(".//div[@class='equation']"):
            _alter_equation(equation)
        for path, kind in _RENAMED.items():
            for element in self.article.xpath(path):
                element.tag = "div"
                element.set("class", kind.format(element.get("class")))
        for path, kind in _WRAPPED.items():
            for element in self.article.xpath(path):
                around = DIV({"class": kind})
                element.addprevious(around)
                around.tail, element.tail = element.tail, None
                around.append(element)
        for element in self.article.xpath(_UNWRAPPED):
            element.drop_tag()
        for element in self.article.xpath(_LOSING):
            _put_first(element, SPAN({"id": element.attrib.pop("id")}))
        for link in self.article.findall(".//a[@href]"):
            href = self.lead(link.attrib.pop("href"), pages, base)
            link.tag = "a" if href else "span"
            if href:
                link.set("href", href)
            if href and link.xpath("ancestor::dd"):
                link.set("class", "turn")  # a glossary says on which page
        self.article.tag = "body"
        return etree.tostring(self.article, encoding="unicode", method="html")

    def _keep_svg(self, svg: re.Match) -> str:
        """Keep an SVG, to stand by itself on white; return an <img> for it."""
        name = self._keep_picture(alone(svg[0]).encode(), ".svg")
        return f'<img src="{name}">'

    def _keep_picture(self, data: bytes, ending: str) -> str:
        name = hashlib.sha256(data).hexdigest()[:16] + ending
        self.pictures[name] = data
        return name

    def _join(self, pieces: HtmlElement) -> None:
        """Make a formula that was cut into pieces whole again."""
        first, *more = pieces.findall(".//span[@class='maths']")
        for piece in more:
            piece.drop_tree()
        displayed = bool(pieces.xpath("ancestor::div[@class='equation']"))
        whole = translate(first.get("data-tex"), displayed)
        made = fromstring(_MATH.sub(_keep, whole))
        first.set("data-mathml", made.get("data-mathml"))

    def _alter_image(self, image: HtmlElement) -> None:
        """Give a picture its alternative, and keep it if it is a file."""
        named = image.xpath("ancestor::*[@aria-label][1]/@aria-label")
        image.set("alt", "".join(named) or image.get("alt", ""))
        if not image.get("alt"):
            raise Fault(f"{self.address}: a picture has no text alternative")
        if image.get("src") not in self.pictures:
            file = self.site / self.resolve(image.get("src"))[0]
            data = file.read_bytes()
            image.set("src", self._keep_picture(data, file.suffix))

    def _alter_figure(self, figure: HtmlElement, base: str) -> None:
        """Put a figure's number into its caption, and say where it moves."""
        caption = figure.find("figcaption")
        number = caption.find("a[@class='figure-number']")
        if number is not None:
            number.tag, number.tail = "strong", None
            _put_first(caption.find("p"), number, " ")
        if figure.xpath("ancestor::*[contains(name(), '-')]"):
            href = f"{base}/{self.address}#{figure.get('id')}"
            caption.append(P(A(LIVE, href=href) if base else LIVE))


def _alter_equation(equation: HtmlElement) -> None:
    """Let a formula on its own know its number and its name."""
    (maths,) = equation.findall(".//span[@class='maths']")
    number = equation.findtext("a[@class='equation-number']") or ""
    id = equation.get("id", "")
    maths.attrib.update({"class": "display", "id": id, "data-number": number})
    equation[:] = [maths]


def _put_first(element: HtmlElement, new: HtmlElement, after: str = "") -> None:
    new.tail, element.text = after + (element.text or ""), None
    element.insert(0, new)


def _keep(math: re.Match) -> str:
    """Return a span with TeX and with MathML, which Pandoc need not read."""
    start = f'{_MATHML} alttext="{" ".join(math[1].split())}"'
    # epubcheck refuses a level, which here says nothing, and names of HTML's
    made = start + math[2].replace(' scriptlevel="0"', "")
    mathml = escape(made.replace("&ApplyFunction;", "\u2061"))
    kept = f'data-tex="{math[1]}" data-mathml="{mathml}"'
    return f'<span class="maths" {kept}>.</span>'


def _code(pre: re.Match) -> str:
    # without its colours, as both formats have their own; output has none
    kind = "python" if '<span class="' in pre[1] else "output"
    text = _TAG.sub("", pre[1]).rstrip()
    return f'<pre class="{kind}"><code>{text}</code></pre>'
