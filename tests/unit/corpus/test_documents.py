from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus import documents as module
from dsgns.corpus.documents import START, Cut, find_cut, word_end
from dsgns.corpus.kernels_documents import last_blank_line, mark_blank_lines
from tests.oracle.text import documents


class Bytes:
    """A text in memory that keeps account of what is read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size, self.bytes_read = data, len(data), 0

    def read_into(self, start: int, out: np.ndarray) -> None:
        assert start + out.size <= self.size
        self.bytes_read += out.size
        out[:] = np.frombuffer(self.data[start : start + out.size], np.uint8)


DATA = st.lists(
    st.sampled_from([b"a", b"the", b" ", b"\t", b"\n", b"\n\n", b"\n \r\n", b"a longer stretch of text ", b"x" * 40]),
    max_size=40,
).map(b"".join)


def is_word_end(data: bytes, at: int) -> bool:
    return at > 0 and data[at] <= 32 < data[at - 1]


@settings(max_examples=400, deadline=None)
@given(
    data=DATA,
    kind=st.sampled_from(["line", "file", "blank-line"]),
    step=st.integers(1, 60),
    window=st.integers(1, 40),
    part=st.sampled_from([1, 16, 50]),
)
def test_cuts_are_where_they_may_be(data: bytes, kind: str, step: int, window: int, part: int) -> None:
    starts = {start for start, _ in documents(data, kind)}
    cut = START
    for target in range(step, len(data), step):
        if target <= cut.offset:
            continue
        found = find_cut(Bytes(data), kind, target, cut, window, part)
        if found is None:
            break
        assert target <= found.offset < len(data)
        begun = max((start for start in starts if start <= found.offset), default=0)
        if found.offset == found.document:
            # Behind the last document of a text there may be blank lines that belong to none.
            assert found.offset in starts or not data[found.offset :].strip(bytes(range(33)))
        else:
            assert found.document == begun
            assert is_word_end(data, found.offset)
            since = (found.offset - begun) // part * part
            grid = [at for at in range(begun + since, len(data)) if is_word_end(data, at)]
            assert part == 1 or found.offset == grid[0]
        cut = found


@settings(max_examples=200, deadline=None)
@given(data=DATA, start=st.integers(0, 50), step=st.integers(1, 9))
def test_word_end_at_any_seam(data: bytes, start: int, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_STEP", step)
        expected = next((at for at in range(start, len(data)) if is_word_end(data, at)), None)
        assert word_end(Bytes(data), start) == expected


def test_only_a_window_is_read_where_documents_are_short() -> None:
    text = Bytes(b"a line of text\n" * 200_000)
    assert find_cut(text, "line", 1_500_001, START, 4096, 1) == Cut(1_500_015, 1_500_015)
    assert text.bytes_read <= 4096


def test_a_long_document_is_followed_back_over_several_cuts() -> None:
    text = Bytes(b"short\n" + b"word " * 1000 + b"\nlast\n")
    cut, cuts = START, []
    for target in range(1000, 5000, 1000):
        found = find_cut(text, "line", target, cut, 64, 1)
        assert found is not None
        cut = found
        cuts.append(cut)
    assert [cut.document for cut in cuts] == [6, 6, 6, 6]
    assert all(text.data[cut.offset] == 32 for cut in cuts)


@settings(max_examples=200, deadline=None)
@given(data=DATA, inside=st.booleans())
def test_last_blank_line_is_the_last_that_is_marked(data: bytes, inside: bool) -> None:
    marked, states = np.frombuffer(data, np.uint8).copy(), np.array([[inside, not inside]] * 2, np.uint8)
    last = last_blank_line(marked, marked.size, states[0])
    mark_blank_lines(marked, marked.size, states[1])
    assert last == marked.tobytes().rfind(b"\n") + 1
    assert states[0].tolist() == states[1].tolist()
