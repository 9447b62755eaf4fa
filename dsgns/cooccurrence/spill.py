"""What a spill file holds: for each run, the streams of all row blocks, one after the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

MODULO = 2**64
"""Sums of a row block are compared modulo this: they may not fit in 64 bits."""


class Segment(NamedTuple):
    """One row block's stream of one run."""

    spill: str
    """Name of the file's block."""
    start: int
    """First byte in the file."""
    stop: int
    """End of the bytes in the file."""


@dataclass(frozen=True)
class RowBlock:
    """What there is to merge into one row block.

    Parameters
    ----------
    name
        Of the block to write.
    start, stop
        Its rows.
    segments
        The streams.
    total
        What their cells sum to, modulo 2^64.
    likely
        Non-zeros it has, at most likely.
    wide
        Whether a cell could overflow uint32.
    """

    name: str
    start: int
    stop: int
    segments: list[Segment]
    total: int
    likely: int
    wide: bool


@dataclass
class SpillRecord:
    """The facts of a spill file.

    Parameters
    ----------
    offsets
        For each run the byte at which each row block begins, and the end: row blocks + 1 integers.
    nonzeros
        Cells of each row block, runs added up.
    totals
        Sum of the weights in each row block, modulo 2^64: the merge has to arrive at the same.
    tokens
        Centres counted.
    """

    offsets: list[list[int]] = field(default_factory=list)
    nonzeros: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    tokens: int = 0

    @classmethod
    def empty(cls, blocks: int) -> SpillRecord:
        """The record of a file with nothing in it yet."""
        return cls(nonzeros=[0] * blocks, totals=[0] * blocks)

    def add(self, block: int, nonzeros: int, total: int) -> None:
        """Take note of cells encoded for a row block."""
        self.nonzeros[block] += nonzeros
        self.totals[block] = (self.totals[block] + total) % MODULO

    def to_dict(self) -> dict[str, Any]:
        """The record as a JSON-able dictionary."""
        return asdict(self)


def row_blocks(
    grid: list[int], names: list[str], records: dict[str, SpillRecord], likely: list[int], wide: list[bool]
) -> list[RowBlock]:
    """What there is to merge, from the records of all spill files by name.

    Parameters
    ----------
    grid
        Row boundaries.
    names
        Of the row blocks.
    likely, wide
        Of each row block, as in :class:`RowBlock`.
    """
    return [
        RowBlock(
            name,
            grid[block],
            grid[block + 1],
            [Segment(spill, run[block], run[block + 1]) for spill, record in records.items() for run in record.offsets],
            sum(record.totals[block] for record in records.values()) % MODULO,
            likely[block],
            wide[block],
        )
        for block, name in enumerate(names)
    ]
