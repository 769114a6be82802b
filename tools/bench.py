"""How long building takes, seeing an edit, and a live figure: `make bench`.

Everything is timed in turn, round after round, in copies of the book, so that a
busy machine slows all alike. Medians are printed beside the most that some may
take, and all times are written to .press/bench.json.
"""

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from tools.frames import measure_frames, table_of_frames

ROUNDS = 5
CHAPTERS = 60  # of a longer book, which is made of copies
COPIED = ("docs", "snippets", "press", "mkdocs.yml", "pyproject.toml")
COPIED += ("CONTRIBUTING.md", "HOSTING.md", "CITATION.cff", "LICENSE", "tests")
WORD = Path("docs/neuron.md"), "A neuron adds up"
LABEL = Path("snippets/activation/sigmoid.py"), '"the sigmoid'
PAPER = "from pathlib import Path; from press.paper.keep import write_paper"
PAPER = ("-c", f"{PAPER}; write_paper(Path('site'))")
LIMITS = {  # seconds
    "nothing changed": 4,
    "a saved word is on screen": 1,
    "a saved snippet's new figure is on screen": 3,
}


class Book:
    """A copy of the book to build in, and to edit; with PDF and EPUB or not."""

    def __init__(self, folder: Path, paper: bool = False) -> None:
        self.folder, self.edits = folder, 0
        folder.mkdir(parents=True)
        ignored = shutil.ignore_patterns("__pycache__")
        for name in map(Path, COPIED):
            if name.is_dir():
                shutil.copytree(name, folder / name, ignore=ignored)
            else:
                shutil.copy(name, folder)
        if not paper:
            self.replace("mkdocs.yml", r"^  paper: .*\n", "")

    def run(self, *command: str) -> None:
        """Run the press as `make` does, or a part of it."""
        done = subprocess.run(
            [sys.executable, *(command or ("-m", "press"))],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"bench: the press failed:\n{done.stderr}")

    def run_anew(self, *command: str) -> None:
        """Run it with nothing kept."""
        shutil.rmtree(self.folder / ".press", ignore_errors=True)
        self.run(*command)

    def replace(self, file: str | Path, pattern: str, new: str) -> None:
        """Replace what a pattern matches in a file of the book."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        changed = re.sub(pattern, new, text, flags=re.M)
        if changed == text:
            sys.exit(f"bench: {file} does not say {pattern!r} any more")
        path.write_text(changed, encoding="utf-8")

    def edit(self, place: tuple[Path, str]) -> str:
        """Put a number behind a text; return how the place reads then."""
        file, text = place
        self.edits += 1
        self.replace(file, rf"{text}( no\d+)?", f"{text} no{self.edits}")
        return f"{text} no{self.edits}".strip('"')

    def repeat(self, count: int) -> None:
        """Make it a book of so many chapters, copies of one without links."""
        docs = self.folder / "docs"
        page = (docs / "neuron.md").read_text(encoding="utf-8")
        page = re.sub(r"(?<!!)\[([^\]^]*)\]\([^)]*\)", r"\1", page)
        kept = {docs / "index.md", docs / "about/references.md"}
        for file in {*docs.rglob("*.md")} - kept:
            file.unlink()
        shutil.rmtree(docs / "notebooks")
        (docs / "index.md").write_text("# Copies\n\nA book of copies.\n")
        nav = "nav: &nav\n  - index.md\n"
        for number in range(count):
            copy = re.sub(r"(/// figure \| .*)", rf"\1-{number}", page)
            copy = re.sub(r"\\label\{(.*)\}", rf"\\label{{\1-{number}}}", copy)
            copy = re.sub(r"^# .*", f"# Copy {number}", copy, flags=re.M)
            (docs / f"copy{number}.md").write_text(copy, encoding="utf-8")
            nav += f"  - copy{number}.md\n"
        nav += "  - about/references.md\n\n"
        self.replace("mkdocs.yml", r"^nav: &nav\n(?:(?:  .*)?\n)*", nav)
        self.replace("mkdocs.yml", r"^  web_only: .*\n", "")


class Preview:
    """`make serve` of a book, and what its pages say."""

    def __init__(self, book: Book) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        command = ["mkdocs", "serve", "--dev-addr", self.address]
        self.server = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=book.folder,
            env=os.environ | {"PYTHONPATH": str(book.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, page: str, words: str, seconds: float = 120) -> None:
        """Wait until a page says something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urlopen(f"http://{self.address}/{page}") as answer:
                    if words in answer.read().decode():
                        return
            except (URLError, ConnectionError):
                pass
            time.sleep(0.02)
        self.server.terminate()
        sys.exit(f"bench: {page} does not say {words!r} after {seconds} s")


def measure(
    folder: Path,
) -> tuple[dict[str, list[float]], dict[str, dict[str, float]]]:
    """Time everything, round by round; then the figures of the last site."""
    book, paper = Book(folder / "book"), Book(folder / "paper", paper=True)
    long, seen = Book(folder / "long"), Book(folder / "seen")
    long.repeat(CHAPTERS)
    for each in (paper, long):
        each.run()
    preview = Preview(seen)
    preview.wait("neuron.html", WORD[1])
    times: dict[str, list[float]] = defaultdict(list)

    def note(name: str, action: Callable[..., object], *given: object) -> None:
        start = time.perf_counter()
        action(*given)
        times[name].append(time.perf_counter() - start)

    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
        note("cold", book.run_anew)
        note("nothing changed", book.run)
        book.edit(WORD)
        note("one word edited", book.run)
        words = book.edit(LABEL)
        note("one snippet edited", book.run)
        page = book.folder / "site/activation/sigmoid.html"
        if words not in page.read_text(encoding="utf-8"):
            sys.exit("bench: an old figure was published")
        note("PDF and EPUB anew", paper.run_anew, *PAPER)
        note("PDF and EPUB, unchanged", paper.run, *PAPER)
        paper.edit(
            (
                Path("site") / WORD[0].relative_to("docs").with_suffix(".html"),
                WORD[1],
            )
        )
        note("PDF and EPUB, one word edited", paper.run, *PAPER)
        note(f"{CHAPTERS} chapters, nothing changed", long.run)
        words = seen.edit(WORD)
        shown = "a saved word is on screen"
        note(shown, preview.wait, "neuron.html", words)
        words = seen.edit(LABEL)
        shown = "a saved snippet's new figure is on screen"
        note(shown, preview.wait, "activation/sigmoid.html", words)
    preview.server.terminate()
    return times, measure_frames(book.folder / "site")


def table(times: dict[str, list[float]]) -> str:
    """Return the medians as a Markdown table."""
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}; medians of {ROUNDS} rounds",
        *("", "| what | seconds | at most |", "|:--|--:|--:|"),
    ]
    for name, values in times.items():
        lines.append(
            f"| {name} | {median(values):.2f} | {LIMITS.get(name, '')} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, write the JSON."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        times, frames = measure(Path(folder))
    file = Path(".press/bench.json")
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(times | frames, indent=2))
    print(f"{table(times)}\n\n{table_of_frames(frames)}\n")
    print(f"All times are in {file}.")


if __name__ == "__main__":
    main()
