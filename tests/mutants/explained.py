"""The survivors that are explained, and what a run has to say of them.

explained.toml holds rules, each for the value of arguments given by certain
names, and single mutants. Each says why such a change alters nothing that the
book says.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from press.fault import Fault
from tests.mutants.changes import Mutant


@dataclass(frozen=True)
class Rule:
    """Explains changes to arguments that are given by one of some names."""

    keywords: list[str]
    why: str
    functions: str = "*"  # a pattern for the names of the functions around
    tried: bool = True  # whether a test may notice some of them all the same

    def explains(self, mutant: Mutant) -> bool:
        return mutant.keyword in self.keywords and fnmatch(
            mutant.function, self.functions
        )

    def __str__(self) -> str:
        """Name the rule in a report."""
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
        here = self.file, self.function, self.was
        return place == here and mutant.now in self.now


@dataclass
class Verdict:
    """What a run found: how many each rule explains, and what is wrong."""

    rules: Counter[str] = field(default_factory=Counter)
    singles: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Explanations:
    """All that is explained, as one file has it."""

    file: Path
    rules: list[Rule]
    singles: list[Single]

    @classmethod
    def read(cls, file: Path) -> "Explanations":
        """Read a file; raise Fault where an entry lacks something."""
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            rules = [Rule(**entry) for entry in content.pop("rule", [])]
            singles = [Single(**entry) for entry in content.pop("mutant", [])]
        except (tomllib.TOMLDecodeError, TypeError) as error:
            raise Fault(f"{file}: {error}") from None
        if content:
            raise Fault(f"{file}: what is {', '.join(content)}?")
        for entry in (*rules, *singles):
            if not entry.why.strip():
                raise Fault(f"{file}: nothing says why: {entry}")
        return cls(file, rules, singles)

    def concerning(self, file: str) -> str:
        """Return what decides about a file's mutants, as one text."""
        rules = [
            (rule.keywords, rule.functions, rule.tried) for rule in self.rules
        ]
        singles = [
            (single.function, single.was, single.now)
            for single in self.singles
            if single.file == file
        ]
        return f"{rules} {singles}"

    def excuses(self, mutant: Mutant) -> bool:
        """Tell whether a mutant need not be tried to be explained."""
        return any(
            rule.explains(mutant) for rule in self.rules if not rule.tried
        )

    def judge(
        self, file: str, mutants: Sequence[Mutant], alive: Sequence[Mutant]
    ) -> Verdict:
        """Hold the survivors of all mutants of a file against its explanations.

        Wrong is a survivor that nothing explains, or more than one entry does,
        and an explanation of a mutant that is killed or is not made any more.
        """
        verdict = Verdict()
        for mutant in alive:
            rules = [rule for rule in self.rules if rule.explains(mutant)]
            single = any(single.explains(mutant) for single in self.singles)
            if len(rules) + single > 1:
                verdict.faults.append(f"{mutant}: explained more than once")
            elif rules:
                verdict.rules[str(rules[0])] += 1
            elif single:
                verdict.singles += 1
            else:
                verdict.faults.append(f"{mutant}: no test notices")
        for single in self.singles:
            if single.file == file:
                verdict.faults += self._stale(single, mutants, alive)
        return verdict

    def idle(self, rules: Counter[str]) -> list[str]:
        """Say which rules explain nothing in any file."""
        return [
            f"{self.file}: explains nothing: {rule}"
            for rule in self.rules
            if not rules[str(rule)]
        ]

    def _stale(
        self,
        single: Single,
        mutants: Sequence[Mutant],
        alive: Sequence[Mutant],
    ) -> list[str]:
        """Say what a single explanation explains without need."""
        said = []
        for now in single.now:
            one = Single(
                single.file, single.function, single.was, [now], single.why
            )
            made = [mutant for mutant in mutants if one.explains(mutant)]
            what = (
                f"{one.file} ({one.function}): {one.was} → {now or 'nothing'}"
            )
            if not made:
                said.append(f"{self.file}: no such change any more: {what}")
            elif not any(mutant in alive for mutant in made):
                said.append(f"{self.file}: a test notices it now: {what}")
        return said
