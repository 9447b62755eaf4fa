"""Counts to be added up, or taken away: where they lie, and whether they go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dsgns.cooccurrence.readings import Reading, common_reading, reading_of
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
    def corpora(self) -> dict[str, str]:
        """The corpus that the counts of each text were made from, by their key, as far as that is known."""
        corpus = self.vocabulary.inputs.get("corpus")
        return self.counts.facts.get("corpora", {self.counts.key: corpus} if corpus else {})

    @property
    def reading(self) -> Reading:
        """How text became tokens, as far as that is known."""
        inputs, known = self.vocabulary.inputs, {}
        if corpus := inputs.get("corpus"):
            known = {
                **reading_of(Output(self.vocabulary.url, "corpus", corpus)),
                "phrases": inputs.get("phrases", "none"),
            }
        return self.counts.facts.get("reading", known)

    @property
    def rule(self) -> dict[str, Any]:
        """What was counted, and in which units."""
        return {**self.counts.parameters, "scale": self.counts.facts["scale"]}


def require_same_rule(addends: Sequence[Addend]) -> None:
    """Refuse counts that do not add up.

    Raises
    ------
    MergeError
        Naming the counts whose rule, or whose text's, differs from that of others before them, and both rules.
    """
    first, *others = addends
    for other in others:
        if other.rule != first.rule:
            raise MergeError(
                f"{first.place} was counted with {_rule(first)}, {other.place} with {_rule(other)}; "
                "counts add up only under one rule. Name other counts, as W/counts/KEY."
            )
    common_reading((addend.place, addend.reading) for addend in addends)


def origins_of(addends: Sequence[Addend]) -> dict[str, Any]:
    """What is to be known of the texts of a sum, so that it can be added to and taken from in turn.

    Returns
    -------
    dict
        ``parts``: how often the counts of each text are in the sum, by key, those that are in it no more left out;
        ``corpora``: what these were made from; ``reading``: how text became tokens.

    Raises
    ------
    MergeError
        If the counts of a text are in it twice.
    """
    parts: Counter = Counter()
    corpora: dict[str, str] = {}
    for addend in addends:
        corpora |= addend.corpora
        for key, times in addend.parts.items():
            parts[key] += times
    _require_once(parts, corpora)
    left = {key: times for key, times in sorted(parts.items()) if times}
    return {
        "parts": left,
        "corpora": {key: corpora[key] for key in left if key in corpora},
        "reading": common_reading((addend.place, addend.reading) for addend in addends),
    }


def _require_once(parts: Counter, corpora: dict[str, str]) -> None:
    if twice := [key for key, times in parts.items() if times > 1]:
        raise MergeError(f"counts/{twice[0]} would be added twice: name counts of each text once.")
    texts: Counter = Counter()
    for key, times in parts.items():
        texts[corpora.get(key, key)] += times
    for text, times in texts.items():
        if times > 1:
            one, other, *_ = (f"counts/{key}" for key in parts if corpora.get(key) == text and parts[key] > 0)
            raise MergeError(
                f"{one} and {other} were made from the same text, which would be added twice: name counts of each "
                "text once."
            )


def _rule(addend: Addend) -> str:
    return ", ".join(f"{name} {value}" for name, value in addend.rule.items())
