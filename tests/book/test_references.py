"""The references: who cites them, and a second record of each.

The records are in references.toml, each with the public text that it is from.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest

from press.markup.references import FILE, read_entries
from press.reading.claims import Claim
from press.reading.wording import CITATION
from tests.book.conftest import chapters, source
from tests.claims import backed, claim, pages

RECORDS = tomllib.loads(
    Path(__file__).with_name("references.toml").read_text("utf-8")
)
CONFERENCES = RECORDS.pop("conferences")
ENTRIES = read_entries()
UNFOUND = " No second record found."
ENTRY = re.compile(
    r"(?P<author>.+?) \((?P<year>\d+)\)\. "
    r'(?P<title>".+?"|\*.+?\*)(?: (?:In |At )?(?P<venue>.*))?'
)
NUMBERS = {  # behind the title, the last one first
    "doi": r", \[doi (\S+)\]\(https://doi\.org/\1\)",
    "arxiv": r"\[arXiv:(\d+\.\d+)\]\(https://arxiv\.org/abs/\1\)",
    "pages": r": (\d+(?:–\d+)?)\.$",
    "number": r" \((\d+)\)$",
    "volume": r"(?:(?<=\*)|(?<=PMLR)) (\d+)$",
}
# a year, or a word with a capital, also as in McCulloch; not ReLU
NAMED = r"\b(?:19[4-9]\d|20[0-2]\d|(?:[A-Z][a-z])?[A-Z][a-zà-ÿ]+)\b"
NO_NAMES = {"adam", "english", "finnish", "leaky", "python"}


@claim("The references are those that the chapters cite.")
def test_references_are_those_that_chapters_cite():
    cited = {
        key
        for page in ("index.md", "where_next.md", *chapters())
        for key in CITATION.findall(source(page))
    }
    assert len(ENTRIES) > 20
    assert sorted(ENTRIES) == sorted(cited)


def test_each_entry_has_a_second_record_or_says_that_it_has_none():
    has = {key: "unfound" not in record for key, record in RECORDS.items()}
    says = {key: not entry.endswith(UNFOUND) for key, entry in ENTRIES.items()}
    amiss = {key for key, _ in has.items() ^ says.items()}
    assert not amiss, (
        f"{FILE.as_posix()}: {', '.join(amiss)}: give it a second record in "
        f"tests/book/references.toml, or, if none is found, say{UNFOUND}"
    )


@pytest.mark.parametrize(
    "key", [key for key in ENTRIES if "source" in RECORDS.get(key, ())]
)
def test_entry_agrees_with_its_second_record(key):
    entry, record = ENTRIES[key], RECORDS[key]
    line = FILE.read_text("utf-8").partition(entry)[0].count("\n") + 1
    place = f"{FILE.as_posix()}:{line}: {key}, by {record['source']}"
    assert "doi" not in record or "doi" in fields(entry), f"{place}: no DOI"
    for field, said in fields(entry).items():
        found = str(record.get(field, ""))
        assert agree(field, said, found) != (field in record.get("kept", ())), (
            f"{place}: {field}: {said} against {found or 'nothing'}"
        )


def test_years_and_names_in_sentences_are_those_cited():
    wrong = [
        f"{said.place}: {word} is not in what is cited there: {said.words}"
        for said in backed()
        for word in strangers(said)
    ]
    assert not wrong, "\n".join(wrong)


def fields(entry: str) -> dict[str, str]:
    """Return what an entry says, by the records' names for it."""
    said = ENTRY.fullmatch(entry).groupdict("")
    for field, pattern in NUMBERS.items():
        if found := re.search(pattern, said["venue"]):
            said[field] = found[1]
            said["venue"] = said["venue"].replace(found[0], "")
    return said


def agree(field: str, said: str, found: str) -> bool:
    """Compare authors in order, each part of the venue, all else as it is."""
    if field == "venue":
        said = re.sub(r"\[(.+?)\]\(https://\1\)", r"\1", said)
        said = re.sub("Proceedings of (?=[A-Z]{2})|the online course", "", said)
        for short, long in CONFERENCES.items():
            said, found = said.replace(short, long), found.replace(short, long)
        parts = map(folded, re.split("[*,:]", said))
        return all(part in folded(found) for part in parts)
    if field == "author":
        ours, theirs = names(said.removesuffix(" and others")), names(found)
        theirs = theirs[: len(ours)] if said.endswith("others") else theirs
        return (
            len(ours) == len(theirs)
            and all(
                one[-1] == other[-1]
                and all(  # first names, as far as both tell them
                    a.startswith(b) or b.startswith(a)
                    for a, b in zip(one[:-1], other[:-1], strict=False)
                )
                for one, other in zip(ours, theirs, strict=True)
            )
        )
    return folded(said) == folded(found)


def names(authors: str) -> list[list[str]]:
    return [
        [*map(folded, re.split("[ .-]+", author))]
        for author in re.split(", | and ", authors)
    ]


def folded(text: str) -> str:
    """Return the letters and digits of a text, without case and accents."""
    plain = normalize("NFKD", text.replace("ı", "i")).lower()
    return re.sub("[^a-z0-9]", "", plain)


def strangers(said: Claim) -> Iterator[str]:
    """Yield each year and name before a mark that its entry does not have."""
    text = re.sub(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)", "", said.statement.text)
    parts = re.split(r"((?:\[\^\w+\])+)", text)
    first = re.search(r"[^\W\d_]+|$", parts[0])[0]
    for part, marks in zip(parts[::2], parts[1::2], strict=False):
        cited = " ".join(ENTRIES[key] for key in CITATION.findall(marks))
        known = {*map(folded, re.split(r"\W+", cited))} | NO_NAMES
        for word in re.findall(NAMED, part):
            begins = word == first and word.lower() in common()
            if folded(word) not in known and not begins:
                yield word


@cache
def common() -> set[str]:
    """Return the words that the book writes without a capital."""
    return {*re.findall(r"\w+", " ".join(pages().values()))}
