"""Padding, the inverted index and counting, each beside a plain twin."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence.accumulator import LINE, Accumulator, new_accumulator
from dsgns.cooccurrence.cells import grown, new_cells
from dsgns.cooccurrence.kernels import count_cells, count_rows, row_bytes
from dsgns.cooccurrence.kernels_index import Occurrences, pad_tokens
from dsgns.cooccurrence.runs import index_words
from dsgns.errors import CorruptBlockError

WORDS = 90
DEAD = WORDS


def plain_padding(ids: list[int], window: int) -> list[int]:
    """Tokens with each run of separators as ``window`` dead slots, after a document's end."""
    slots: list[int] = []
    for token in ids:
        if token >= 0:
            slots.append(token)
        elif slots and slots[-1] != DEAD:
            slots += [DEAD] * window
    return slots


def occurrences(tokens: np.ndarray, window: int) -> Occurrences:
    """The index of tokens with a dead window on either side."""
    slots = np.full(len(tokens) + 2 * window, DEAD, np.int32)
    slots[window : window + len(tokens)] = tokens
    return index_words(slots, range(window, window + len(tokens)), WORDS)


def decode(stream: bytes) -> list[dict[int, int]]:
    """Rows of (column, value), by a plain reading of the format."""
    values, shift, value = [], 0, 0
    for byte in stream:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            values.append(value)
            shift = value = 0
    rows, column, reader = [{}], -1, iter(values)
    for gap in reader:
        if gap == 0:
            rows.append({})
            column = -1
        else:
            column += gap
            rows[-1][column] = next(reader)
    assert rows.pop() == {}
    return rows


def count_all(index: Occurrences, weights: tuple, accumulator: Accumulator, room: int) -> tuple[bytes, int, int]:
    """All rows' stream through a buffer of ``room`` bytes, its cells and their sum."""
    buffer, out, row, nonzeros, total = np.empty(room, np.uint8), b"", 0, 0, 0
    while row < WORDS:
        row, used, cells, cell_sum = count_rows(index, row, WORDS, weights, accumulator, buffer)
        out, nonzeros, total = out + buffer[:used].tobytes(), nonzeros + cells, total + int(cell_sum)
    return out, nonzeros, total


def count_into_cells(index: Occurrences, weights: tuple, accumulator: Accumulator, dtype: type, room: int) -> list:
    """All rows as (column, value), of cells that have room for so many to begin with."""
    cells, row, filled = new_cells(WORDS, room, dtype), 0, 0
    while True:
        row, filled = count_cells(index, row, 0, weights, accumulator, cells, filled)
        if row == WORDS:
            break
        cells = grown(cells, filled, room)
    indices, data = np.split(cells.indices[:filled], np.cumsum(cells.row_nonzeros)), cells.data[:filled].tolist()
    values = iter(data)
    assert len(indices.pop()) == 0
    return [{int(column): next(values) for column in row} for row in indices]


@settings(deadline=None)
@given(ids=st.lists(st.integers(-1, 5), max_size=60), window=st.integers(1, 6), room=st.integers(6, 30))
def test_padding_goes_on_where_it_stopped_for_want_of_room(ids, window, room):
    tokens, taken, padded = np.array(ids, np.int32), 0, []
    while taken < len(ids):
        slots = np.full(1 + room, DEAD, np.int32)
        slots[0] = padded[-1] if padded else DEAD
        step, filled = pad_tokens(tokens[taken:], slots, 1, DEAD, window)
        assert step > 0
        taken += step
        padded += slots[1:filled].tolist()
    assert padded == plain_padding(ids, window)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 200))
def test_the_index_is_a_stable_sort_of_positions_by_word(seed, size):
    tokens = np.random.default_rng(seed).integers(0, WORDS + 1, size).astype(np.int32)
    index = occurrences(tokens, window=2)
    order = np.argsort(tokens, kind="stable") + 2
    np.testing.assert_array_equal(index.positions[: index.starts[-1]], order[: np.sum(tokens < DEAD)])
    np.testing.assert_array_equal(np.diff(index.starts), np.bincount(tokens, minlength=WORDS + 1)[:WORDS])


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), ends=st.tuples(st.integers(0, WORDS), st.integers(0, WORDS)).map(sorted))
def test_some_words_are_indexed_as_they_are_among_all(seed, ends):
    tokens = np.random.default_rng(seed).integers(0, WORDS + 1, 200).astype(np.int32)
    low, high = ends
    few, counts = int(np.sum((tokens >= low) & (tokens < high))), np.bincount(tokens, minlength=WORDS)
    every = index_words(tokens, range(200), WORDS)
    some = index_words(tokens, range(200), WORDS, slice(low, high), counts)
    np.testing.assert_array_equal(some.positions[:few], every.positions[every.starts[low] : every.starts[high]])
    np.testing.assert_array_equal(np.diff(some.starts)[low:high], np.diff(every.starts)[low:high])
    assert some.starts[-1] == few


@settings(deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_counts_that_are_wrong_for_a_word_are_noticed(data, seed):
    tokens = np.random.default_rng(seed).integers(0, WORDS + 1, 200).astype(np.int32)
    low, high = sorted(data.draw(st.lists(st.integers(0, WORDS), min_size=2, max_size=2, unique=True)))
    counts = np.bincount(tokens, minlength=WORDS + 1)
    changes = st.lists(st.integers(-2, 2), min_size=high - low, max_size=high - low)
    wrong = np.maximum(counts[low:high] + data.draw(changes), 0)
    assume((wrong != counts[low:high]).any())
    counts[low:high] = wrong
    with pytest.raises(CorruptBlockError, match="times in the tokens"):
        index_words(tokens, range(200), WORDS, slice(low, high), counts)


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
@pytest.mark.parametrize("window", [1, 5, 15])
def test_counting_equals_a_plain_loop_whatever_the_room(window, dtype):
    rng = np.random.default_rng(window)
    # Rows of all kinds: never seen, rare (flags and drains), and frequent (scans).
    tokens = np.minimum(rng.zipf(1.3, 400), DEAD).astype(np.int32)
    expected = [Counter() for _ in range(WORDS)]
    values = [int(value) for value in rng.integers(1, 1000, window)]
    for at, centre in enumerate(tokens):
        for distance, value in enumerate(values, start=1):
            for other in (at - distance, at + distance):
                if centre < DEAD and 0 <= other < len(tokens) and tokens[other] < DEAD:
                    expected[centre][int(tokens[other])] += value
    index, accumulator = occurrences(tokens, window), new_accumulator(WORDS + 1, dtype)
    weights = tuple(dtype(value) for value in values)
    stream, nonzeros, total = count_all(index, weights, accumulator, room=1 << 20)
    assert decode(stream) == expected
    assert nonzeros == sum(len(row) for row in expected)
    assert total == sum(sum(row.values()) for row in expected)
    assert count_all(index, weights, accumulator, room=row_bytes(WORDS)) == (stream, nonzeros, total)
    for room in (1 << 12, WORDS + LINE):
        assert count_into_cells(index, weights, accumulator, dtype, room) == expected
    assert not accumulator.sums.any()
    assert not accumulator.lines.any()
    assert not accumulator.pages.any()


def test_columns_far_apart_are_drained_in_order():
    words = 200_000
    tokens = np.array([199_999, 70_000, 65_536, 65_535, 1024, 1023, 16, 15, 0], np.int32)
    slots = np.concatenate([np.full(8, words), tokens, np.full(8, words)]).astype(np.int32)
    index = index_words(slots, range(8, 8 + len(tokens)), words)
    accumulator, buffer = new_accumulator(words + 1, np.uint32), np.empty(row_bytes(words), np.uint8)
    weights = tuple(np.uint32(1) for _ in range(8))
    _, used, _, _ = count_rows(index, 1024, 1025, weights, accumulator, buffer)
    assert decode(buffer[:used].tobytes()) == [{int(token): 1 for token in sorted(tokens) if token != 1024}]
