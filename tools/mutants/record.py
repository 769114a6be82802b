"""What no test notices and why it may, and the counts that the book gives.

explained.toml holds rules, each for the value of arguments given by certain
names, and single mutants, each with the reason why such a change alters nothing
that the book says. record.json has the counts of each snippet with a digest of
it and of what explains its survivors: an edit of either asks for a new run.
There is no digest of the tests, for whoever adds a test should not have to
wait; a test that was weakened shows in the next run.
"""

import ast
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from press.fault import Fault
from tools.mutants.changes import Mutant

RECORD = Path("tests/mutants/record.json")
EXPLAINED = Path("tests/mutants/explained.toml")
UNEXPLAINED = "none, for its last run was not in order"
COUNTS = ("mutants", "killed", "explained", "untried", "one by one")


@dataclass(frozen=True)
class Rule:
    """Explains changes to arguments that are given by one of some names."""

    keywords: list[str]
    why: str
    functions: str = "*"  # a pattern for the names of the functions around
    tried: bool = True  # whether a test may notice some of them all the same

    def explains(self, mutant: Mutant) -> bool:
        fits = fnmatch(mutant.function, self.functions)
        return mutant.keyword in self.keywords and fits

    def __str__(self) -> str:
        return f"{', '.join(self.keywords)} in {self.functions}"


@dataclass(frozen=True)
class Single:
    """Explains one change, or several to the same lines."""

    file: str
    function: str
    was: str
    now: list[str]
    why: str

    def explains(self, mutant: Mutant) -> bool:
        place = mutant.file, mutant.function, mutant.was
        here = (self.file, self.function, self.was) == place
        return here and mutant.now in self.now


def explanations() -> tuple[list[Rule], list[Single]]:
    """Read them; raise Fault where an entry lacks something."""
    try:
        content = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
        rules = [Rule(**entry) for entry in content.pop("rule", [])]
        singles = [Single(**entry) for entry in content.pop("mutant", [])]
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise Fault(f"{EXPLAINED}: {error}") from None
    if content:
        raise Fault(f"{EXPLAINED}: what is {', '.join(content)}?")
    for entry in (*rules, *singles):
        if not entry.why.strip():
            raise Fault(f"{EXPLAINED}: nothing says why: {entry}")
    return rules, singles


def judge(
    file: str, mutants: Sequence[Mutant], alive: Sequence[Mutant]
) -> tuple[dict, list[str]]:
    """Return what the record holds of a file, and what is wrong.

    Wrong is a survivor that nothing explains, or more than one entry does,
    and an explanation of a mutant that is killed or is not made any more.
    """
    rules, singles = explanations()
    by, wrong = Counter(), []
    for mutant in alive:
        found = [each for each in (*rules, *singles) if each.explains(mutant)]
        if len(found) == 1:
            by[str(found[0]) if found[0] in rules else "one by one"] += 1
        else:
            what = "explained more than once" if found else "no test notices"
            wrong.append(f"{mutant}: {what}")
    for single in singles:
        for now in single.now if single.file == file else ():
            fits = [m for m in mutants if single.explains(m) and m.now == now]
            what = f"{file} ({single.function}): {single.was} → {now}"
            if not fits:
                wrong.append(f"{EXPLAINED}: no such change any more: {what}")
            elif not set(fits) & set(alive):
                wrong.append(f"{EXPLAINED}: a test notices it now: {what}")
    counts = {
        "mutants": len(mutants),
        "killed": len(mutants) - len(alive),
        "explained": len(alive),
        "untried": sum(by[str(rule)] for rule in rules if not rule.tried),
        "one by one": by.pop("one by one", 0),
        "rules": dict(sorted(by.items())),
        "digest": UNEXPLAINED if wrong else _digest(file),
    }
    return counts, wrong


def snippets() -> list[str]:
    """Return the files that have code to change, in order."""
    files = sorted(Path("snippets").rglob("*.py"))
    return [f.as_posix() for f in files if f.name != "__init__.py"]


def read() -> dict:
    """Return the record: mutants, killed, explained, and each by file."""
    if not RECORD.exists():
        return {"files": {}}
    return json.loads(RECORD.read_text(encoding="utf-8"))


def write(files: dict[str, dict]) -> dict:
    """Write the record with these counts of files, and return it.

    What it holds of other files stays as it is, but for what was edited since:
    its mutants were other ones, and it waits for the weekly run.
    """
    there = snippets()
    known = {
        file: kept
        for file, kept in read()["files"].items()
        if file in there and kept["digest"] in (UNEXPLAINED, _digest(file))
    } | files
    files = {file: known[file] for file in there if file in known}
    content = {
        "tool": f"mutmut {version('mutmut')}",
        **{name: sum(f[name] for f in files.values()) for name in COUNTS},
        "waiting": len(there) - len(files),
        "rules": dict(sorted(_rules(files).items())),
        "files": files,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    RECORD.write_text(text + "\n", encoding="utf-8")
    return content


def faults(but_new: bool = False) -> list[str]:
    """Say why the record does not hold for the snippets as they are.

    but_new: whether a snippet may wait whose mutants were never tried.
    """
    files, said = read()["files"], []
    for name in [*snippets(), *files]:
        kept = files[name]["digest"] if name in files else None
        if name not in snippets():
            said.append(f"{name}: is gone: run make mutants")
        elif kept == UNEXPLAINED:
            what = "a mutant is not noticed, or wrongly explained"
            said.append(f"{name}: {what}: run make mutants FILES={name}")
        elif kept != _digest(name) and not (but_new and kept is None):
            what = "edited since its mutants were" if kept else "mutants never"
            said.append(f"{name}: {what} tried: run make mutants FILES={name}")
    if said or len(files) < len(snippets()):
        return [*dict.fromkeys(said)]
    # which explanations are needed is known once all were tried
    rules, _ = explanations()
    idle = [rule for rule in rules if not _rules(files)[str(rule)]]
    return [f"{EXPLAINED}: explains nothing: {rule}" for rule in idle]


def _rules(files: dict[str, dict]) -> Counter[str]:
    return sum((Counter(each["rules"]) for each in files.values()), Counter())


def _digest(file: str) -> str:
    """Return a digest of a file's code and of its explanations.

    Docstrings, comments and what ends the lines do not count.
    """
    text = Path(file).read_text(encoding="utf-8")
    lines = text.splitlines()
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node):
            first = node.body[0]
            for number in range(first.lineno - 1, first.end_lineno):
                lines[number] = ""
    code = [s for s in lines if s.strip() and s.lstrip()[0] != "#"]
    rules, singles = explanations()
    decisive = [(rule.keywords, rule.functions, rule.tried) for rule in rules]
    own = [(s.function, s.was, s.now) for s in singles if s.file == file]
    text = "\n".join(code) + f"{decisive} {own}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
