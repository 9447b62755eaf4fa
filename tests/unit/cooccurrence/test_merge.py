"""Streams are merged through windows of any size, and damage in them is found."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence.spill import RowBlock, Segment
from dsgns.cooccurrence.task_reduce import reduce_block
from dsgns.errors import CorruptBlockError
from dsgns.store import Output
from tests.unit.cooccurrence.blocks import as_dict, whole_matrix
from tests.unit.cooccurrence.corpora import memory_workspace
from tests.unit.cooccurrence.test_varint import leb128

COLUMNS = 300
COLUMN = st.integers(0, COLUMNS - 1)
ROW = st.dictionaries(COLUMN, st.integers(1, 2**40), max_size=8)
NARROW_ROW = st.dictionaries(COLUMN, st.integers(1, 2**30 - 1), max_size=8)


def encode(rows: list[dict[int, int]]) -> bytes:
    """Rows as a stream, plainly."""
    out = b""
    for row in rows:
        before = -1
        for column in sorted(row):
            out += leb128(column - before) + leb128(row[column])
            before = column
        out += b"\0"
    return out


def spilled(output: Output, streams: list[list[dict[int, int]]], wide: bool = True) -> RowBlock:
    """Streams in one file, with other bytes around each."""
    parts, segments, at = [], [], 0
    for stream in map(encode, streams):
        parts += [b"\xff\xff", stream]
        segments.append(Segment("spill/00000", at + 2, at + 2 + len(stream)))
        at += 2 + len(stream)
    output.write_bytes("spill/00000", [*parts, b"\xff"])
    total = sum(sum(row.values()) for rows in streams for row in rows) % 2**64
    return RowBlock("rows/00000", 0, len(streams[0]), segments, total, likely=3, wide=wide)


@settings(deadline=None, max_examples=30)
@given(data=st.data(), rows=st.integers(1, 5), streams=st.integers(1, 4), window=st.integers(1, 40), wide=st.booleans())
def test_merging_adds_up_all_streams_through_windows_of_any_size(data, rows, streams, window, wide):
    row = ROW if wide else NARROW_ROW
    cells = [[data.draw(row) for _ in range(rows)] for _ in range(streams)]
    expected: Counter = Counter()
    for stream in cells:
        for number, row in enumerate(stream):
            for column, value in row.items():
                expected[number, column] += value
    output = memory_workspace().output("counts", "k")
    manifest = reduce_block(output, COLUMNS, spilled(output, cells, wide), window)
    assert manifest.facts["total"] == sum(expected.values())
    assert manifest.facts["nonzeros"] == len(expected)
    assert as_dict(whole_matrix(output)) == expected


@pytest.mark.parametrize(("value", "dtype"), [(2**31 - 1, "uint32"), (2**31, "uint64")])
def test_counts_are_narrow_where_they_fit(workspace, value, dtype):
    output = workspace.output("counts", "k")
    manifest = reduce_block(output, COLUMNS, spilled(output, [[{7: value}], [{7: value}]]), 64)
    assert manifest.arrays["data"]["dtype"] == dtype
    assert as_dict(whole_matrix(output)) == {(0, 7): 2 * value}


def test_a_total_beyond_64_bits_is_exact(workspace):
    output = workspace.output("counts", "k")
    block = spilled(output, [[{1: 2**63, 2: 2**63 + 5}]])
    assert reduce_block(output, COLUMNS, block, 64).facts["total"] == 2**64 + 5


ROWS = [{3: 5, 250: 300}, {}, {0: 1}]


@pytest.mark.parametrize(
    "stream",
    [
        encode(ROWS)[:-1],
        encode(ROWS)[:3],
        encode(ROWS) + b"\0",
        encode([{3: 5, COLUMNS: 300}, {}, {0: 1}]),
        encode([{3: 5, 250: 301}, {}, {0: 1}]),
        b"\xff" * len(encode(ROWS)),
        b"",
    ],
    ids=["no last end", "cut", "too long", "column too large", "wrong value", "noise", "empty"],
)
def test_a_damaged_stream_is_found(workspace, stream):
    output = workspace.output("counts", "k")
    output.write_bytes("spill/00000", [stream])
    block = RowBlock("rows/00000", 0, 3, [Segment("spill/00000", 0, len(stream))], 306, 3, True)
    with pytest.raises(CorruptBlockError, match="Run the same command again"):
        reduce_block(output, COLUMNS, block, 64)
    assert output.manifest("rows/00000") is None
