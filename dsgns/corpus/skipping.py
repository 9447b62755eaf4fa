"""Text that a run goes on without, where that is allowed: what cannot be read, and what no worker survives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dsgns.corpus.shards import Shard
from dsgns.corpus.sources import Source
from dsgns.corpus.validate import Crossing
from dsgns.errors import CorpusError, EncodingError, RecordError, TokenizerError
from dsgns.parameters import CorpusParameters
from dsgns.store import Manifest, Output

Skipped = dict[str, Any]
"""A stretch of text: its ``source`` by position, the ``file``, the bytes from ``start`` to ``stop``, and ``why``.

Bytes are of the text; of compressed files, where decoding them failed, of the file.
"""


def losses(parameters: CorpusParameters) -> dict[str, str] | None:
    """Where to put what is wrong with blocks that are lost, by name; None where each of them is an error."""
    return {} if parameters.skip_bad_shards else None


def skips(error: CorpusError, parameters: CorpusParameters) -> bool:
    """Whether what cannot be read is skipped: not what options ask to stop at, and what is wrong with all text."""
    return parameters.skip_bad_shards and not isinstance(error, EncodingError | RecordError | TokenizerError)


def broken_off(number: int, source: Source, start: int, why: str) -> Skipped:
    """What is told of a source, the ``number``-th of its volume, that could be decoded up to ``start`` of its file."""
    stop = source.start + source.size
    start = min(max(start, source.start), stop)
    return {"source": number, "file": source.url, "start": start, "stop": stop, "why": why}


def numbers_of(lost: Mapping[str, str] | None) -> set[int]:
    """The numbers that names of lost blocks, such as ``scan/00012``, end in."""
    return {int(name.rpartition("/")[2]) for name in lost or ()}


def skipped_shards(shards: Sequence[Shard], lost: Mapping[str, str] | None) -> list[Skipped]:
    """The stretches of text of lost blocks, in order."""
    why = {int(name.rpartition("/")[2]): text for name, text in (lost or {}).items()}
    return [
        {"source": span.source, "file": span.place.url, "start": span.start, "stop": span.stop, "why": why[number]}
        for number in sorted(why)
        for span in shards[number].spans
    ]


class SkippedBefore(NamedTuple):
    """What an earlier reading of a text has skipped, so that later ones do as well."""

    skipped: list[Skipped]
    crossing: Crossing
    """Documents with bad bytes in what was skipped that may reach into the rest."""


def facts_of_skipped(skipped: Sequence[Skipped], shard_size: int, crossing: Crossing) -> dict[str, Any]:
    """What a later reading has to know: what was skipped, as shards of this size; nothing where nothing was."""
    if not skipped:
        return {}
    return {"skipped": list(skipped), "shard_size": shard_size, **({"crossing": sorted(crossing)} if crossing else {})}


def skipped_before(output: Output | None) -> SkippedBefore:
    """The same, of a completed output."""
    facts = {} if output is None else output.facts
    return SkippedBefore(facts.get("skipped", []), [tuple(each) for each in facts.get("crossing", [])])


def shard_size_of(output: Output | None, otherwise: int) -> int:
    """Bytes of the shards that a completed output has skipped some of; ``otherwise`` where it has not."""
    return int(otherwise if output is None else output.facts.get("shard_size", otherwise))


def skipped_sources(blocks: Sequence[Manifest], volumes: Sequence[Sequence[int]]) -> list[Skipped]:
    """What was skipped as sources were decoded, a block for each volume of sources by their positions."""
    return [
        {**each, "source": volume[each["source"]]}
        for block, volume in zip(blocks, volumes, strict=True)
        for each in block.facts.get("skipped", ())
    ]


def without(shards: Sequence[Shard], skipped: Sequence[Skipped]) -> list[Shard]:
    """The shards that none of the text is of which was skipped."""
    gone = {(each["source"], each["start"], each["stop"]) for each in skipped}
    return [shard for shard in shards if not any((s.source, s.start, s.stop) in gone for s in shard.spans)]


def sizes_without(sizes: np.ndarray, skipped: Sequence[Skipped]) -> np.ndarray:
    """Bytes of text of each source, int64, less those that were skipped as shards."""
    left = sizes.copy()
    for each in skipped:
        left[each["source"]] -= each["stop"] - each["start"]
    return left


def told(skipped: Sequence[Skipped]) -> list[str]:
    """A line for each, as a person is told it."""
    return [f"{each['file']}, bytes {each['start']} to {each['stop']}: {each['why']}" for each in skipped]
