from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.parameters import SGNSParameters
from dsgns.sgns import pieces
from dsgns.sgns.kernels.draws import Draws, key_of
from dsgns.sgns.noise import Tables
from dsgns.sgns.pieces import ArrayStream, Tape
from dsgns.tokens.stream import TokenStream
from tests.unit.sgns.twin import Twin, toy_corpus

DENSE = SGNSParameters(window=4, sample=0.0)
SPARSE = SGNSParameters(window=4, sample=1e-4)


class Recorded(ArrayStream):
    """Remembers what was read of it."""

    def __init__(self, ids: np.ndarray) -> None:
        super().__init__(ids)
        object.__setattr__(self, "reads", [])

    def read(self, start: int, stop: int) -> np.ndarray:
        self.reads.append((start, stop))
        return super().read(start, stop)


def cut(stream: ArrayStream, counts: np.ndarray, parameters: SGNSParameters, start: int, stop: int) -> list:
    tables = Tables.of(counts, parameters.sample, parameters.ns_exponent)
    draws = Draws(key_of(parameters.seed, 0), parameters.window, parameters.negative, False, *tables)
    return list(pieces.pieces(stream, start, stop, draws))


@settings(max_examples=40, deadline=None)
@given(
    bounds=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    size=st.integers(1, 200),
    halo=st.integers(1, 20),
    parameters=st.sampled_from([DENSE, SPARSE]),
)
def test_pieces_hold_every_centre_once_and_its_whole_window(bounds, size, halo, parameters):
    ids, counts = toy_corpus()
    ids[100:250] = np.where(ids[100:250] < 0, 1, ids[100:250])  # one long document
    start, stop = sorted(bounds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE_TOKENS", size)
        patch.setattr(pieces, "READ_TOKENS", 37)
        patch.setattr(pieces, "_HALO", halo)
        found = cut(ArrayStream(ids), counts, parameters, start, stop)
    windows = {}
    for piece in found:
        positions = piece.start + piece.offsets
        np.testing.assert_array_equal(piece.words, ids[positions])
        for i in range(piece.first, piece.last):
            left = positions[max(0, i - 4) : i][piece.words[max(0, i - 4) : i] >= 0]
            windows[int(positions[i])] = (piece.words[i], left)
    twin = Twin(ids, counts, parameters)
    expected = [p for p in range(start, stop) if ids[p] < 0 or twin.stays(0, p)]
    assert sorted(windows) == expected
    assert sum(piece.tokens for piece in found) == stop - start
    assert sum(piece.dropped for piece in found) == stop - start - len(expected)
    for centre, contexts in twin.windows(0, start, stop):
        assert {context for context in contexts if context < centre} <= set(windows[centre][1].tolist())


def test_each_chunk_is_read_once(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE_TOKENS", 30)
    monkeypatch.setattr(pieces, "READ_TOKENS", 100)
    monkeypatch.setattr(pieces, "_HALO", 8)
    ids, counts = toy_corpus()
    stream = Recorded(ids)
    cut(stream, counts, DENSE, 0, 400)
    assert stream.reads == [(0, 100), (100, 200), (200, 300), (300, 400)]


@given(views=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=12))
def test_a_tape_shows_what_the_stream_holds(views):
    ids = np.arange(300, dtype=np.int32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "READ_TOKENS", 64)
        tape = Tape(ArrayStream(ids))
        for view in views:
            start, stop = sorted(view)
            np.testing.assert_array_equal(tape.view(start, stop), ids[start:stop])


def test_stored_chunks_end_where_blocks_end(tokens):
    stream = TokenStream(tokens)
    assert [stream.chunk_end(position) for position in (0, 6_999, 7_000, 7_009, 7_010, 19_999)] == [
        7_000,
        7_000,
        7_010,
        7_010,
        20_000,
        20_000,
    ]
