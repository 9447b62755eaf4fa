"""By which rules text became the tokens that were counted; only under the same ones is a word the same word."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from dsgns.corpus_parameters import CorpusParameters
from dsgns.errors import MergeError
from dsgns.store import Output

Reading = dict[str, Any]
"""Rules by their names; one that does not matter, or that is not known, is not there."""


def reading_of(corpus: Output) -> Reading:
    """The rules by which the text of a corpus became tokens."""
    if not corpus.complete:
        return {}
    parameters = CorpusParameters.from_dict(corpus.parameters)
    name = parameters.tokenizer
    # A file of the library tokenizers is what it holds, wherever it lies.
    reading: Reading = {"tokenizer": os.path.basename(name) if name.endswith(".json") else name}
    reading |= {rule: getattr(parameters, rule) for rule in ("accents", "digits", "urls", "sentences")}
    if name == "whitespace":
        reading["lowercase"] = parameters.lowercase
    if name == "ngrams":
        reading["ngram"] = parameters.ngram
    if "tokenizer" in corpus.facts:
        reading["tokenizer_version"] = corpus.facts["tokenizer"].removeprefix(name).strip()
    return reading


def common_reading(readings: Iterable[tuple[str, Reading]]) -> Reading:
    """All that is known of the rules of several texts together.

    Parameters
    ----------
    readings
        Of each, where its counts lie and the rules.

    Raises
    ------
    MergeError
        If they differ, naming how.
    """
    known: dict[str, tuple[str, Any]] = {}
    for place, reading in readings:
        for rule, value in reading.items():
            first, other = known.setdefault(rule, (place, value))
            if value != other:
                raise MergeError(
                    f"The text of {first} was read with {rule} {other}, that of {place} with {rule} {value}; counts "
                    "add up only where text became words by the same rules. Count one of them again."
                )
    return {rule: value for rule, (_, value) in known.items()}
