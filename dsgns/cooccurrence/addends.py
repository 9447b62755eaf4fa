"""Counts to be added up, or taken away: where they lie, and whether they go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dsgns.errors import MergeError
from dsgns.store import Output


@dataclass(frozen=True)
class Addend:
    """Completed counts and their vocabulary.

    Parameters
    ----------
    counts, vocabulary
        Of any workspace.
    sign
        1, or -1 for counts to be taken away.
    """

    counts: Output
    vocabulary: Output
    sign: int = 1

    @property
    def place(self) -> str:
        """Where the counts lie."""
        return f"{self.counts.url}/{self.counts.name}"

    @property
    def parts(self) -> Counter:
        """How often the counts of each text are in these, by key; less often than never where they are taken away."""
        parts = self.counts.facts.get("parts", {self.counts.key: 1})
        return Counter({key: self.sign * times for key, times in parts.items()})

    @property
    def rule(self) -> dict[str, Any]:
        """What was counted, and in which units."""
        return {**self.counts.parameters, "scale": self.counts.facts["scale"]}


def require_same_rule(addends: Sequence[Addend]) -> None:
    """Refuse counts that do not add up.

    Raises
    ------
    MergeError
        Naming the counts whose rule differs from the first ones', and both rules.
    """
    first, *others = addends
    for other in others:
        if other.rule != first.rule:
            raise MergeError(
                f"{first.place} was counted with {_rule(first)}, {other.place} with {_rule(other)}; "
                "counts add up only under one rule. Name other counts, as W/counts/KEY."
            )


def parts_of(addends: Sequence[Addend]) -> dict[str, int]:
    """How often the counts of each text are in the sum, by key; those that are in it no more are left out.

    Raises
    ------
    MergeError
        If counts are in it twice.
    """
    parts: Counter = Counter()
    for addend in addends:
        for key, times in addend.parts.items():
            parts[key] += times
    if twice := [key for key, times in parts.items() if times > 1]:
        raise MergeError(f"counts/{twice[0]} would be added twice: name counts of each text once.")
    return {key: times for key, times in sorted(parts.items()) if times}


def _rule(addend: Addend) -> str:
    return ", ".join(f"{name} {value}" for name, value in addend.rule.items())
