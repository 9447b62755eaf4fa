from __future__ import annotations

import codecs

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.kernels_utf8 import after_white_space, check_bytes

PIECES = [b"a", b"plain text " * 9, b"\0", "é".encode(), "€".encode(), "😀".encode(), "\ud7ff\ue000".encode()]
BROKEN = [
    b"\xc3",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
    b"\xc0\x80",
    b"\xe0\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xff",
]
DATA = st.lists(st.sampled_from(PIECES + BROKEN) | st.binary(max_size=3), max_size=30).map(b"".join)


def invalid_bytes(data: bytes) -> tuple[int, int]:
    """How many bytes Python's decoder replaces, and the first of them; -1 when there is none."""
    places: list[tuple[int, int]] = []

    def keep(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        places.append((error.start, error.end))
        return "", error.end

    codecs.register_error("dsgns-test", keep)
    data.decode("utf-8", "dsgns-test")
    return sum(stop - start for start, stop in places), places[0][0] if places else -1


@settings(max_examples=500, deadline=None)
@given(data=DATA, spare=st.integers(0, 80))
def test_bytes_are_judged_as_pythons_decoder_judges_them(data: bytes, spare: int) -> None:
    padded = np.frombuffer(data + b"\x80" * (spare + 8), np.uint8)
    found = np.full(4, 7, np.int64)
    check_bytes(padded, len(data), found)
    assert found.tolist() == [*invalid_bytes(data), data.count(b"\0"), data.find(b"\0")]


@given(data=st.lists(st.sampled_from([b"a", b" ", b"\n", b"\0", b"\xff"]), max_size=20).map(b"".join))
def test_after_white_space(data: bytes) -> None:
    expected = max((at + 1 for at, byte in enumerate(data) if byte <= 32), default=0)
    assert after_white_space(np.frombuffer(data, np.uint8), len(data)) == expected
