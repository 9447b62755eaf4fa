"""Large sources cut into parts, each of which one task reads. Where they are cut depends on the source alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dsgns.corpus.sources import Source

LEAST_PART, MOST_PART = 1 << 20, 64 << 20
"""Bytes of a source that make one part; in between it is cut into ``_PARTS``."""

_PARTS = 256


def part_size(source: Source) -> int:
    """Bytes of a source that are worth a part."""
    return min(max(source.size // _PARTS, LEAST_PART), MOST_PART)


def parts_at(source: Source, starts: Sequence[int]) -> list[Source]:
    """A source in parts that begin at these offsets, the first of which is 0."""
    stops = [*starts[1:], source.size]
    return [replace(source, start=start, size=stop - start) for start, stop in zip(starts, stops, strict=True)]
