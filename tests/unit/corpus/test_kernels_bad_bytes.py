from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.kernels_bad_bytes import KINDS, tell_bad_bytes
from dsgns.corpus.kernels_utf8 import INVALID, NULS, check_bytes
from tests.unit.corpus.test_kernels_utf8 import BROKEN, PIECES

# What is no character, by its kind, after table 3-7 of the Unicode Standard 16.0; the first that matches counts.
RULES = {
    "nul": rb"\0",
    "stray": rb"[\x80-\xbf]",
    "out_of_range": rb"\xf4[\x90-\xbf][\x80-\xbf]{,2}|[\xf5-\xf7][\x80-\xbf]{,3}|[\xf8-\xfb][\x80-\xbf]{,4}"
    rb"|[\xfc\xfd][\x80-\xbf]{,5}|[\xfe\xff]",
    "overlong": rb"[\xc0\xc1][\x80-\xbf]?|\xe0[\x80-\x9f][\x80-\xbf]?|\xf0[\x80-\x8f][\x80-\xbf]{,2}",
    "surrogate": rb"\xed[\xa0-\xbf][\x80-\xbf]?",
    "character": rb"[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}",
    "broken_off": rb"[\xc2-\xf4][\x80-\xbf]{,2}",
}
TOKEN = re.compile(b"|".join(b"(?P<%s>%s)" % (name.encode(), rule) for name, rule in RULES.items()), re.DOTALL)


def expected(data: bytes) -> dict[str, list[tuple[int, int]]]:
    """Offset and length of what is bad, by kind."""
    found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in KINDS}
    for token in TOKEN.finditer(data):
        if token.lastgroup != "character":
            found[str(token.lastgroup)].append((token.start(), len(token[0])))
    return found


DATA = st.lists(st.sampled_from(PIECES + BROKEN) | st.binary(max_size=4), max_size=30).map(b"".join)


@settings(max_examples=500, deadline=None)
@given(data=DATA, few=st.integers(1, 4))
def test_each_bad_byte_is_of_one_kind(data: bytes, few: int) -> None:
    padded = np.frombuffer(data + b"\x80" * 8, np.uint8)
    numbers, places = np.zeros(len(KINDS), np.int64), np.full((len(KINDS), few), -1, np.int64)
    tell_bad_bytes(padded, len(data), 100, numbers, places)
    wanted = expected(data)
    assert dict(zip(KINDS, numbers.tolist(), strict=True)) == {
        kind: sum(length for _, length in found) for kind, found in wanted.items()
    }
    for kind, found in enumerate(places.tolist()):
        first = [100 + at for at, _ in wanted[KINDS[kind]]][:few]
        assert found == first + [-1] * (few - len(first))
    seen = np.empty(4, np.int64)
    check_bytes(padded, len(data), seen)
    assert (numbers[:-1].sum(), numbers[-1]) == (seen[INVALID], seen[NULS])
