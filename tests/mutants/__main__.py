"""`python -m tests.mutants` changes the snippets and sees if a test notices.

With names of files it tries only those, and keeps the counts of the others.
"""

import os
import sys
import time
from pathlib import Path

from press.fault import Fault
from tests.mutants.changes import mutants_of
from tests.mutants.explained import Explanations
from tests.mutants.record import (
    COUNTS,
    EXPLAINED,
    counts,
    faults,
    snippets,
    write,
)

APART = {
    "book",
    "browser",
    "mutants",
    "press",
    "tools",
}  # tests of other things


def tests() -> list[str]:
    """Return the files and folders that hold the tests of the snippets."""
    folders = [
        path.as_posix()
        for path in sorted(Path("tests").iterdir())
        if path.is_dir() and path.name not in APART and any(path.glob("*.py"))
    ]
    return folders + [
        p.as_posix() for p in sorted(Path("tests").glob("test_*"))
    ]


def main(files: list[str]) -> int:
    """Try all mutants; return the exit code, 1 where something is wrong."""
    if not hasattr(os, "fork"):
        print(
            "mutants: each mutant is tried in a forked process, which this "
            "system has not; on Windows, run it in WSL",
            file=sys.stderr,
        )
        return 1
    try:
        return try_all(files or snippets())
    except Fault as fault:
        print(f"mutants: {fault}", file=sys.stderr)
        return 1


def try_all(files: list[str]) -> int:
    """Try the mutants of some files, or of all, and note what was found."""
    from tests.mutants.trial import survivors  # where there is os.fork

    start = time.monotonic()
    explanations = Explanations.read(EXPLAINED)
    made = {file: mutants_of(file) for file in files}
    every = [mutant for each in made.values() for mutant in each]
    excused = [mutant for mutant in every if explanations.excuses(mutant)]
    alive = excused + survivors(
        [mutant for mutant in every if mutant not in excused], tests()
    )
    found, wrong = {}, []
    for file, mutants in made.items():
        living = [mutant for mutant in alive if mutant.file == file]
        verdict = explanations.judge(file, mutants, living)
        wrong += verdict.faults
        found[file] = counts(file, mutants, living, verdict)
    content = write(found)
    wrong = wrong or faults()
    for fault in wrong:
        print(f"mutants: {fault}", file=sys.stderr)
    passed, spent = time.monotonic() - start, os.times()
    processor = spent.children_user + spent.children_system
    print(f"mutants: {passed:.0f} s, {processor:.0f} s of the processor")
    for name, count in [*content["rules"].items(), *totals(content)]:
        print(f"{count:6} {name}")
    if wrong:
        print(
            "mutants: write a test that notices, or say in "
            f"{EXPLAINED} why none can",
            file=sys.stderr,
        )
    return int(bool(wrong))


def totals(content: dict) -> list[tuple[str, int]]:
    """Return the sums of a record with their names."""
    return [(name, content[name]) for name in reversed(COUNTS)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
