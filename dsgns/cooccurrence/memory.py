"""What the tasks of counting hold, from sizes alone, and the largest pieces that fit."""

from __future__ import annotations

from dsgns.cooccurrence.accumulator import LINE, accumulator_width
from dsgns.cooccurrence.kernels import CELL_BYTES

_MIB = 1 << 20
PIECE = _MIB
"""Tokens read at a time."""

LEAST_CAPACITY = 1 << 16
"""Slots of the smallest run worth counting."""

CELL = 12
"""Bytes of a wide cell: its column and its sum."""

_MOST_CAPACITY = 1 << 27  # larger runs miss the cache more often than they save merging; slots are int32
_FLUSH = 4 * _MIB  # bytes encoded between two writes
_LEAST_WINDOW, _MOST_WINDOW = 4096, _MIB  # bytes of a stream in memory
_OVERHEAD = 64 * _MIB  # compiling the kernels when nobody has yet, and the buffers of codecs


def stream_bytes(vocabulary_size: int) -> int:
    """Bytes encoded before they are written: a whole row at least."""
    return max(_FLUSH, CELL_BYTES * vocabulary_size + 1)


def projected_spill_bytes(vocabulary_size: int, capacity: int) -> int:
    """Most bytes that a task counting runs of ``capacity`` slots holds."""
    accumulators = 21 * accumulator_width(vocabulary_size + 1)
    return (
        8 * capacity + accumulators + 16 * vocabulary_size + stream_bytes(vocabulary_size) + 4 * 4 * PIECE + _OVERHEAD
    )


def spill_capacity(vocabulary_size: int, allowed_bytes: int) -> int:
    """Slots of the largest run that fits and pays, never fewer than the smallest worth counting."""
    fitting = (allowed_bytes - projected_spill_bytes(vocabulary_size, 0)) // 8
    return min(_MOST_CAPACITY, max(LEAST_CAPACITY, fitting))


def run_capacity(slots: int, shards: int, room: int) -> int:
    """Slots of a run where there is ``room`` for so many: enough for a shard with more documents than most."""
    return min(room, slots if shards == 1 else max(LEAST_CAPACITY, slots * 5 // (4 * shards)))


def cell_room(vocabulary_size: int, likely: int) -> int:
    """Cells there is room for where a row block is likely to have so many at most: a whole row besides."""
    return likely + vocabulary_size + LINE


def window_bytes(streams: int, budget: int) -> int:
    """Bytes of each stream that a merge of so many keeps in memory."""
    return min(_MOST_WINDOW, max(_LEAST_WINDOW, budget // max(streams, 1)))


def projected_reduce_bytes(vocabulary_size: int, nonzeros: int, streams: int, window: int) -> int:
    """Most bytes that a task merging a row block of so many non-zeros holds, ``window`` bytes of each stream."""
    return _row_block_bytes(vocabulary_size, nonzeros) + streams * window + _OVERHEAD


def projected_rows_bytes(columns: int, cells: int, largest: int) -> int:
    """Most bytes that a task holds which encodes rows of so many cells, read from blocks of up to ``largest``.

    Cells are wide, and a block that is read is there twice; for each row and column of the result there is a number.
    """
    held = CELL * cells + 2 * CELL * largest + 8 * (columns + largest)
    return held + 13 * accumulator_width(columns) + 12 * columns + stream_bytes(columns) + _OVERHEAD


def projected_count_bytes(vocabulary_size: int, slots: int, centres: int, nonzeros: int) -> int:
    """Most bytes that a task holds which counts row blocks of so many non-zeros, at most, at one go.

    All slots of the corpus, and a position for each of its centres.
    """
    tokens = 4 * slots + 4 * centres + 4 * 4 * PIECE + 24 * vocabulary_size
    return tokens + _row_block_bytes(vocabulary_size, nonzeros) + _OVERHEAD


def _row_block_bytes(vocabulary_size: int, nonzeros: int) -> int:
    """Bytes of an accumulator, of the cells it is drained into, and of what is made to sum them, all of them wide."""
    return 13 * accumulator_width(vocabulary_size + 1) + 12 * cell_room(vocabulary_size, nonzeros) + 8 * nonzeros
