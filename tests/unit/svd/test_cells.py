from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.errors import CorruptBlockError
from dsgns.svd import cells as cells_module
from dsgns.svd.cells import CellStore, Rows, piece_cuts


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 5), st.integers(1, 12))
def test_pieces_cover_all_rows_and_hold_no_more_than_they_may(lengths, most_rows, most_cells):
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    cuts = piece_cuts(pointers, most_rows, most_cells)
    assert (cuts[0], cuts[-1]) == (0, len(lengths))
    for first, last in pairwise(cuts):
        assert 0 < last - first <= most_rows
        assert last - first == 1 or pointers[last] - pointers[first] <= most_cells


def rows_of(lengths: list[int], seed: int) -> Rows:
    pointers = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Rows(pointers, np.random.default_rng(seed).integers(0, 2**32, pointers[-1], dtype=np.uint32))


def test_either_side_is_read_back_piece_by_piece(workspace, monkeypatch):
    monkeypatch.setattr(cells_module, "PIECE_ROWS", 2)
    monkeypatch.setattr(cells_module, "PIECE_CELLS", 4)
    store = CellStore(workspace.output("svd", "made"), (0, 3, 8))
    sides = {
        False: [rows_of([3, 0, 9], 1), rows_of([1, 2, 3, 0, 0], 2)],
        True: [rows_of([0, 0, 1], 3), rows_of([5] * 5, 4)],
    }
    for block in range(2):
        manifest = store.write(block, [sides[False][block], sides[True][block]], lambda: {"more": 7})
        assert manifest.facts == {"cells": [len(side[block].cells) for side in sides.values()], "more": 7}
    for transposed, blocks in sides.items():
        for block, expected in enumerate(blocks):
            firsts, lengths, found = [], [], []
            for first, rows in store.pieces(block, transposed=transposed):
                firsts.append(first)
                lengths += np.diff(rows.pointers).tolist()
                found.append(rows.cells.copy())
            np.testing.assert_array_equal(np.concatenate(found), expected.cells)
            assert lengths == np.diff(expected.pointers).tolist()
            assert firsts[0] == store.grid[block]
            assert len(firsts) > 1


def test_a_block_that_is_not_there_is_named(workspace):
    store = CellStore(workspace.output("svd", "made"), (0, 3))
    with pytest.raises(CorruptBlockError, match="cells/00000"):
        next(store.pieces(0, transposed=False))
