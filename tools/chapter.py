"""Begins a chapter: `python -m tools.chapter activation/swish`.

It writes page, snippet and test, which build and pass as they are and say in
comments what to do next, puts the page into the navigation, and lists those of
its sentences that no test quotes. A name that
will not do changes nothing.
"""

import ast
import builtins
import keyword
import re
import subprocess
import sys
from pathlib import Path

from press.fault import Fault

SKELETON = Path(__file__).parent / "skeleton"
FILES = {
    "page.md": "docs/{section}/{word}.md",
    "snippet.py.txt": "snippets/{section}/{word}.py",
    "test.py.txt": "tests/{section}/test_{word}.py",
}
SETTINGS = Path("mkdocs.yml")
APART = {"about"}  # sections that hold no chapters
UNQUOTED = Path("tests/book/unquoted.txt")  # sentences that no test quotes
LONGEST = 24  # or the lines of the code become too long for a page
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def main(name: str = "") -> int:
    """Begin the chapter `name`; print what to do next; return 0 or 1."""
    try:
        files = begin(name)
    except Fault as error:
        print(f"press: {error.format_message()}", file=sys.stderr)
        return 1
    print(f"press: began {name}; each file says what is next:")
    for file in files:
        print(f"  {file.as_posix()}")
    print(f"  its place in {SETTINGS}, the last of its section")
    print(f"  its sentences in {UNQUOTED}, at the end")
    return 0


def begin(name: str) -> list[Path]:
    """Write the files of a new chapter and return their paths.

    name: a section of the book and a word, "activation/swish".
    Raises Fault, and leaves everything as it was, if the name will not do.
    """
    section, word = _parts(name)
    files = {
        Path(path.format(section=section, word=word)): skeleton
        for skeleton, path in FILES.items()
    }
    _require_free(word, files)
    settings = _entered(section, word)
    _write(files, section, word)
    SETTINGS.write_text(settings, encoding="utf-8")
    _list(section, word)
    return list(files)


def _parts(name: str) -> tuple[str, str]:
    parts = name.split("/")
    sections = sorted(
        page.parent.name
        for page in Path("docs").glob("*/index.md")
        if page.parent.name not in APART
    )
    known = f"the sections are {', '.join(sections)}"
    if len(parts) == 1:
        raise Fault(
            f"{name!r} is not a section and a word; write, for instance, "
            f"make chapter PAGE={sections[0]}/swish; {known}"
        )
    if len(parts) > 2 and not parts[-1]:
        raise Fault(f"{name!r} ends with a slash; leave it out")
    if len(parts) > 2:
        raise Fault(
            f"{name!r} is nested too deep: a page stands in a section, and a "
            f"section in none; {known}"
        )
    section, word = parts
    if section not in sections:
        raise Fault(f"{name!r}: there is no section {section!r}; {known}")
    if not _WORD.fullmatch(word) or len(word) > LONGEST:
        raise Fault(
            f"{name!r}: {word!r} will not do as the name of a page and a "
            "function; take small letters, digits and single underscores, a "
            f"letter first, and at most {LONGEST} of them"
        )
    if keyword.iskeyword(word) or word in dir(builtins):
        raise Fault(f"{name!r}: {word!r} means something else in Python")
    if word in _own_names() or word.startswith("test"):
        raise Fault(
            f"{name!r}: {word!r} means something else in the chapter's code; "
            "take another name"
        )
    return section, word


def _own_names() -> set[str]:
    """Return the names that the code of a new chapter uses itself."""
    names = set()
    for file in SKELETON.glob("*.py.txt"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for field in ("id", "arg", "name"):
                names.add(getattr(node, field, None) or "")
    return names


def _require_free(word: str, files: dict[Path, str]) -> None:
    """Refuse a name that a file, a title, a figure or an equation has."""
    for file in files:
        if file.exists():
            raise Fault(f"{file.as_posix()} exists already; take another name")
    slug, title = _slug(word), _title(word)
    names = (f"# {title}\n", f"/// figure | {slug}\n", f"\\label{{{slug}}}\n")
    for page in sorted(Path("docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        for name in names:
            if f"\n{name}" in f"\n{text}\n":
                raise Fault(
                    f"{page.as_posix()} has {name.strip()!r} already; take "
                    "another name"
                )


def _entered(section: str, word: str) -> str:
    """Return mkdocs.yml with the page as the last of its section."""
    text = SETTINGS.read_text(encoding="utf-8")
    entry = rf"^( +- )(?:[^\n:#]+: )?{section}/\w+\.md *(?:#.*)?\n"
    entries = list(re.finditer(entry, text, re.MULTILINE))
    if not entries:
        raise Fault(
            f"{SETTINGS}: no page of {section} stands in the navigation, so "
            "that it is not clear where to put another"
        )
    last = entries[-1]
    added = f"{last[1]}{section}/{word}.md\n"
    return text[: last.end()] + added + text[last.end() :]


def _filled(skeleton: str, section: str, word: str) -> str:
    text = (SKELETON / skeleton).read_text(encoding="utf-8")
    text = text.replace("__section__", section).replace("__word__", word)
    title, slug = _title(word), _slug(word)
    return text.replace("__title__", title).replace("__slug__", slug)


def _write(files: dict[Path, str], section: str, word: str) -> None:
    written: list[Path] = []
    try:
        for file, skeleton in files.items():
            text = _filled(skeleton, section, word)
            written.append(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        # where lines break hangs on how long the name is
        code = [file for file in written if file.suffix == ".py"]
        for command in (["check", "--select", "I", "--fix"], ["format"]):
            ruff = [sys.executable, "-m", "ruff", *command, "-qn", *code]
            subprocess.run(ruff, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        for file in written:
            file.unlink(missing_ok=True)
        raise Fault(f"the chapter could not be written: {error}") from None


def _list(section: str, word: str) -> None:
    """List what the page says and its test does not quote."""
    text = _filled(UNQUOTED.name, section, word)
    listed = UNQUOTED.read_text(encoding="utf-8")
    count = re.search(r"^# said: (\d+)$", listed, re.MULTILINE)
    said = int(count[1]) + text.count("\nsaid ")
    listed = listed.replace(count[0], f"# said: {said}") + text
    UNQUOTED.write_text(listed, encoding="utf-8")


def _slug(word: str) -> str:
    return word.replace("_", "-")


def _title(word: str) -> str:
    return word.replace("_", " ").capitalize()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
