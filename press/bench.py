"""How long a build takes, against what it cannot do without: `make bench`.

Every way of building is run in turn, round after round, so that a busy machine
slows all of them alike; medians and their ratios are printed, and written to
.press/bench.json. Two floors are measured in the same rounds: drawing alone
imports the libraries and runs all code, without a site; site alone makes the
same pages, with what the code prints put in its place beforehand.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from pypdf import PdfReader

from press.running import store
from press.running.execution import FENCE, all_jobs, fences, files_read
from press.running.worker import ONE_THREAD

ROUNDS = 7
GROWTH_ROUNDS = 3  # for the longer books
SIZES = (12, 48, 192)
SNIPPET = Path("snippets/activation/sigmoid.py")
WORD = "the sigmoid"  # a label in that snippet's figure
LONG = 60  # chapters of a book whose PDF has some 200 pages
# the most that some of it may take, in seconds
LIMITS = {
    "the PDF": 2.5,
    "the EPUB, beside it": 2,
    "the PDF of a long book, for 200 pages": 5,
    "the notebooks alone": 25,
    "what unchanged notebooks add": 1.6,  # mkdocs-jupyter is imported
}
RUN = """
import contextlib, io, json, sys, torch, matplotlib.figure, matplotlib.style
outputs = {}
for code in json.load(sys.stdin):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "fence"})
    outputs[code] = printed.getvalue()
print(json.dumps(outputs))
"""
# makes PDF and EPUB of a site, and says when each was there
PAPER = """
import json, pathlib, threading, time
begin = time.perf_counter()
from press.paper import book, keep
start, typeset, times = book.start, book.typeset, {}
def note(name):
    times[name] = time.perf_counter() - begin
def noted_start(*given):
    process = start(*given)
    def wait():
        process.wait()
        note("the EPUB, beside it")
    if given[1] != "lua":
        threading.Thread(target=wait).start()
    return process
def noted_typeset(file, **options):
    made = typeset(file, **options)
    note("the PDF")
    return made
book.start, book.typeset = noted_start, noted_typeset
keep.write_paper(pathlib.Path("site"))
note("both")
print(json.dumps(times))
"""


class Book:
    """A copy of the project to build in, and to edit.

    paper: whether a build makes PDF and EPUB, which are measured by themselves.
    """

    def __init__(self, folder: Path, paper: bool = False) -> None:
        self.folder = folder
        for name in ("docs", "snippets", "press", "tests"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(name, folder / name, ignore=ignored)
        for name in (
            "mkdocs.yml",
            "CONTRIBUTING.md",
            "HOSTING.md",
            "CITATION.cff",
            "LICENSE",
            "pyproject.toml",
        ):
            shutil.copy(name, folder)
        if not paper:
            settings = folder / "mkdocs.yml"
            text = settings.read_text(encoding="utf-8")
            text = re.sub(r"^  paper: .*\n", "", text, flags=re.M)
            settings.write_text(text, encoding="utf-8")

    def build(self) -> None:
        """Build the site as `make site` does."""
        _call([sys.executable, "-m", "press"], self.folder)

    def make_paper(self, anew: bool) -> dict[str, float]:
        """Make PDF and EPUB, or take those that are kept; return the times."""
        if anew:
            shutil.rmtree(self.folder / store.FOLDER)
        made = _call([sys.executable, "-c", PAPER], self.folder)
        return json.loads(made)

    def pages(self) -> int:
        """Return how many pages the PDF has."""
        (pdf,) = (self.folder / "site").glob("*.pdf")
        return len(PdfReader(pdf).pages)

    def page(self, name: str) -> str:
        """Return a page of the built site."""
        return (self.folder / "site" / name).read_text(encoding="utf-8")

    def edit(self, file: Path, old: str, new: str) -> None:
        """Replace a text in a file of the book."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            sys.exit(f"press.bench: {file} does not say {old!r} any more")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def replace_fences(self, outputs: dict[str, str]) -> None:
        """Put its output in the place of each fence, so that nothing is run."""
        for page in (self.folder / "docs").rglob("*.md"):
            text = page.read_text(encoding="utf-8")
            page.write_text(
                FENCE.sub(lambda found: _shown(found, outputs), text),
                encoding="utf-8",
            )
        settings = self.folder / "mkdocs.yml"
        text = settings.read_text(encoding="utf-8")
        lines = r"^  - (press\.running\.execution|markdown-exec: .*)\n"
        text = re.sub(lines, "", text, flags=re.M)
        settings.write_text(text, encoding="utf-8")

    def codes(self) -> list[str]:
        """Return the code of every fence, and of every notebook."""
        jobs = all_jobs(self.folder / "docs")
        return ["\n".join(job.cells) for job in jobs]

    def notebooks(self) -> list[str]:
        """Return the code of every notebook."""
        jobs = all_jobs(self.folder / "docs")
        return ["\n".join(job.cells) for job in jobs if job.is_notebook]

    def leave_out_notebooks(self) -> None:
        """Make it a book without notebooks, and without links to them."""
        shutil.rmtree(self.folder / "docs" / "notebooks")
        for page in (self.folder / "docs").rglob("*.md"):
            text = page.read_text(encoding="utf-8")
            link = r"\[([^]]*)\]\([^)]*notebooks/[^)]*\)"
            page.write_text(re.sub(link, r"\1", text), encoding="utf-8")
        settings = self.folder / "mkdocs.yml"
        text = settings.read_text(encoding="utf-8")
        section = r"^  - Notebooks:\n(?:      - .*\n)+"
        text = re.sub(section, "", text, flags=re.M)
        plugin = r"^  - mkdocs-jupyter:\n(?: {6}.*\n)+"
        text = re.sub(plugin, "", text, flags=re.M)
        text = text.replace(", press/notebooks.py", "")
        settings.write_text(text, encoding="utf-8")

    def repeat(self, count: int) -> None:
        """Make a book of `count` chapters, by copies of those there are."""
        docs = self.folder / "docs"
        kept = (docs / "index.md", docs / "about/references.md")
        chapters = sorted(
            page
            for page in set(docs.rglob("*.md")) - set(kept)
            if "\n/// figure | " in page.read_text(encoding="utf-8")
        )
        texts = [page.read_text(encoding="utf-8") for page in chapters]
        for page in set(docs.rglob("*.md")) - set(kept):
            page.unlink()
        shutil.rmtree(docs / "notebooks")
        kept[0].write_text("# Copies\n\nA book of copies.\n")
        names = [f"copy{number}.md" for number in range(count)]
        for number, name in enumerate(names):
            text = texts[number % len(texts)]
            again = number // len(texts)  # each repetition has its own snippets
            text = text.replace("from snippets.", f"from snippets{again}.")
            copy_snippets(self.folder, again)
            text = re.sub(r"(?<!!)\[([^\]^]*)\]\([^)]*\)", r"\1", text)
            text = re.sub(
                r"^(/// figure \| .*)", rf"\1-{number}", text, flags=re.M
            )
            text = re.sub(r"\\label\{(.*)\}", rf"\\label{{\1-{number}}}", text)
            text = re.sub(
                r"^# (.*)", rf"# \1, copy {number}", text, count=1, flags=re.M
            )
            (docs / name).write_text(text, encoding="utf-8")
        settings = self.folder / "mkdocs.yml"
        nav = "nav: &nav\n" + "".join(
            f"  - {page}\n"
            for page in ("index.md", *names, "about/references.md")
        )
        text = settings.read_text(encoding="utf-8")
        text = re.sub(
            r"^nav: &nav\n.*?(?=^\w)", nav + "\n", text, flags=re.M | re.S
        )
        text = re.sub(r"^  web_only: .*\n", "", text, flags=re.M)
        settings.write_text(text, encoding="utf-8")


def copy_snippets(folder: Path, number: int) -> None:
    """Copy the snippets of a book as a package of another name, once."""
    copy = folder / f"snippets{number}"
    if copy.exists():
        return
    shutil.copytree(folder / "snippets", copy)
    for file in copy.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("from snippets.", f"from snippets{number}.")
        file.write_text(text, encoding="utf-8")


def _shown(found: re.Match, outputs: dict[str, str]) -> str:
    (code,) = fences(found[0])
    options = dict(re.findall(r'(\w+)="([^"]*)"', found["options"]))
    output = outputs[code].rstrip("\n")
    if options.get("html"):
        shown = f"<div>{output}</div>"
    elif options.get("result"):
        shown = f"```{options['result']}\n{output}\n```"
    else:
        shown = output
    if options.get("source"):
        shown = f"```python\n{code}\n```\n\n{shown}"
    return re.sub(r"^(?=.)", found["indent"], shown, flags=re.M)


def _call(command: list[str], folder: Path, given: str = "") -> str:
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"press.bench: {' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _draw(book: Book, codes: list[str]) -> dict[str, str]:
    """Import the libraries, run fences and return what each printed."""
    command = [sys.executable, "-c", RUN]
    return json.loads(_call(command, book.folder, json.dumps(codes)))


def measure_book(folder: Path) -> dict[str, list[float]]:
    """Time the ways of building the book, and both floors, round by round."""
    book, alone = Book(folder / "book"), Book(folder / "alone")
    printed = Book(folder / "printed", paper=True)
    printed.build()
    long = Book(folder / "long", paper=True)
    long.repeat(LONG)
    long.build()
    bare = Book(folder / "bare")
    bare.leave_out_notebooks()
    bare.build()
    codes = book.codes()
    alone.replace_fences(_draw(book, codes))
    alone.build()  # keeps the outputs of notebooks
    book.build()  # which tells what each fence reads
    os.chdir(book.folder)  # where the project's files are looked for
    dependent = [
        "\n".join(job.cells)
        for job in all_jobs(Path("docs"))
        if Path(SNIPPET).as_posix() in files_read(job)
    ]
    times: dict[str, list[float]] = {}

    def note(name: str, action: Callable[[], object]) -> None:
        times.setdefault(name, []).append(_seconds(action))

    label, word = WORD, "A neuron adds up"
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
        shutil.rmtree(book.folder / store.FOLDER, ignore_errors=True)
        note("drawing alone", lambda: _draw(book, codes))
        note("site alone", alone.build)
        note("cold", book.build)
        note("nothing changed", book.build)
        old, word = word, f"A neuron, {number}, adds up"
        book.edit(Path("docs/neuron.md"), old, word)
        note("one word edited", book.build)
        old, label = label, f"the sigmoid {number}"
        book.edit(SNIPPET, f'"{old}"', f'"{label}"')
        note("one snippet edited", book.build)
        fresh = f">{label}<" in book.page("activation/sigmoid.html")
        times.setdefault("figure is new", []).append(float(fresh))
        for name, seconds in printed.make_paper(anew=True).items():
            times.setdefault(name, []).append(seconds)
        note("both, unchanged", lambda: printed.make_paper(anew=False))
        note("the PDF of a long book", lambda: long.make_paper(anew=True))
        note("the notebooks alone", lambda: _draw(book, book.notebooks()))
        note("nothing changed, without notebooks", bare.build)
        note(
            "import and draw what depends on it", lambda: _draw(book, dependent)
        )
    times["its pages"] = [long.pages()]
    return times


def measure_growth(folder: Path) -> dict[int, dict[str, list[float]]]:
    """Time unchanged builds of longer and longer books, with and without."""
    books, outputs = {}, {}
    for size in SIZES:
        book = Book(folder / f"book{size}")
        alone = Book(folder / f"alone{size}")
        outputs = outputs or _draw(book, book.codes())
        alone.replace_fences(outputs)
        for copy in (book, alone):
            copy.repeat(size)
        book.build()  # fills the store
        books[size] = {"nothing changed": book, "site alone": alone}
    times: dict = {size: {name: [] for name in books[size]} for size in SIZES}
    for number in range(GROWTH_ROUNDS):
        print(f"longer books, round {number + 1}", file=sys.stderr)
        for size, pair in books.items():
            for name, copy in pair.items():
                times[size][name].append(_seconds(copy.build))
    return times


def report(book: dict, growth: dict) -> dict:
    """Return medians and ratios, each ratio beside the most that is allowed."""
    m = {name: median(values) for name, values in book.items()}
    m["the PDF of a long book, for 200 pages"] = (
        200 * m["the PDF of a long book"] / m["its pages"]
    )
    m["what unchanged notebooks add"] = (
        m["nothing changed"] - m["nothing changed, without notebooks"]
    )
    floor = m["import and draw what depends on it"] + m["site alone"]
    ratios = {
        "cold": (m["cold"] / (m["drawing alone"] + m["site alone"]), 1.0),
        "nothing changed": (m["nothing changed"] / m["site alone"], 1.2),
        "one word edited": (m["one word edited"] / m["site alone"], 1.25),
        "one snippet edited": (m["one snippet edited"] / floor, 1.0),
    }
    grown = {n: {k: median(v) for k, v in t.items()} for n, t in growth.items()}
    first, last = grown[SIZES[0]], grown[SIZES[-1]]
    further = {
        name: (last[name] - first[name]) / (SIZES[-1] - SIZES[0])
        for name in last
    }
    ratio = further["nothing changed"] / further["site alone"]
    ratios["each further unchanged chapter"] = (ratio, 1.3)
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}",
        "rounds": ROUNDS,
        "seconds": m | {"each further chapter": further["nothing changed"]},
        "figure is new": f"{sum(book['figure is new']):.0f} of {ROUNDS}",
        "ratios": ratios,
        "longer books": grown,
        "all": {"book": book, "growth": growth},
    }


def table(result: dict) -> str:
    """Return the result as Markdown tables."""
    seconds = dict(result["seconds"])
    pages = seconds.pop("its pages")
    seconds.pop("figure is new")
    lines = [f"{result['machine']}; medians of {result['rounds']} rounds", ""]
    lines += ["| what | seconds | ratio | at most |", "|:--|--:|--:|--:|"]
    for name, value in seconds.items():
        key = (
            "each further unchanged chapter"
            if name.startswith("each")
            else name
        )
        ratio, most = result["ratios"].get(key, (None, None))
        given = f"{ratio:.2f} | {most:.2f}" if ratio else "|"
        if name in LIMITS:
            given = f"| {LIMITS[name]} s"
        lines.append(f"| {name} | {value:.3f} | {given} |")
    lines += [
        "",
        f"The edited figure was new {result['figure is new']} times. "
        f"The PDF of the long book has {pages:.0f} pages.",
        "",
    ]
    lines += ["| chapters | nothing changed | site alone |", "|--:|--:|--:|"]
    for size, times in result["longer books"].items():
        values = f"{times['nothing changed']:.2f} | {times['site alone']:.2f}"
        lines.append(f"| {size} | {values} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the tables, write the JSON."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="press-bench-") as folder:
        book = measure_book(Path(folder, "one"))
        os.chdir(here)
        growth = measure_growth(Path(folder, "many"))
    result = report(book, growth)
    file = here / ".press" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(result, indent=2))
    print(table(result))
    print(f"\nAll times are in {file.relative_to(here)}.")
    if not all(book["figure is new"]):
        sys.exit("press.bench: an old figure was published")


if __name__ == "__main__":
    main()
