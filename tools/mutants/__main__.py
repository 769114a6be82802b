"""`python -m tools.mutants` changes the snippets and sees if a test notices.

With names of files it tries only those, and keeps the counts of the others;
with `none` it only counts anew what waits.
"""

import os
import sys
from pathlib import Path

from press.fault import Fault
from tools.mutants import record
from tools.mutants.changes import mutants_of

APART = {
    "book",
    "browser",
    "mutants",
    "press",
    "tools",
}  # tests of other things


def tests() -> list[str]:
    """Return the files and folders that hold the tests of the snippets."""
    found = [f for f in sorted(Path("tests").iterdir()) if f.name not in APART]
    folders = [f for f in found if f.is_dir() and any(f.glob("*.py"))]
    return [str(f) for f in (*folders, *sorted(Path("tests").glob("test_*")))]


def main(files: list[str]) -> int:
    """Try all mutants; return the exit code, 1 where something is wrong."""
    if not hasattr(os, "fork"):
        wrong = [
            "each mutant is tried in a forked process, which this system has "
            "not; on Windows, run it in WSL"
        ]
    else:
        try:
            wrong = try_all(files or record.snippets())
        except Fault as fault:
            wrong = [str(fault)]
    for fault in wrong:
        print(f"mutants: {fault}", file=sys.stderr)
    return int(bool(wrong))


def try_all(files: list[str]) -> list[str]:
    """Try the mutants of some files, note what was found; say what is wrong."""
    from tools.mutants.trial import survivors  # where there is os.fork

    made = {file: mutants_of(file) for file in files if file != "none"}
    every = [mutant for each in made.values() for mutant in each]
    rules, _ = record.explanations()
    idle = [rule for rule in rules if not rule.tried]
    excused = {m for m in every if any(rule.explains(m) for rule in idle)}
    alive = survivors([m for m in every if m not in excused], tests())
    found, wrong = {}, []
    for file, mutants in made.items():
        living = [m for m in mutants if m in alive | excused]
        found[file], faults = record.judge(file, mutants, living)
        wrong += faults
    content = record.write(found)
    for name in (*record.COUNTS, "waiting"):
        print(f"{content[name]:6} {name}")
    if wrong:
        why = f"write a test that notices, or say in {record.EXPLAINED} why not"
        return [*wrong, why]
    return record.faults(but_new=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
