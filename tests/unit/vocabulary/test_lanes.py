from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.compile import kernel
from dsgns.vocabulary.lanes import (
    leading_zeros,
    plain_leading_zeros,
    plain_up_to,
    plain_write_bits,
    up_to,
    write_bits,
)


@kernel(cache=False)
def vector_up_to(data: np.ndarray, start: np.uint64, byte: np.uint8) -> np.uint64:
    return up_to(data, start, byte)


@kernel(cache=False)
def vector_leading_zeros(value: np.uint64) -> np.uint64:
    return leading_zeros(value)


@kernel(cache=False)
def vector_write_bits(mask: np.uint64, base: np.uint64, out: np.ndarray, at: np.uint64) -> np.uint64:
    return write_bits(mask, base, out, at)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(min_size=64, max_size=100), byte=st.integers(0, 255), start=st.integers(0, 36))
def test_lanes_equal_plain_loops(data: bytes, byte: int, start: int) -> None:
    values = np.frombuffer(data.ljust(100, b"a"), np.uint8)
    expected = sum(1 << lane for lane in range(64) if values[start + lane] <= byte)
    for compare in (vector_up_to, plain_up_to):
        assert int(compare(values, np.uint64(start), np.uint8(byte))) == expected


@settings(max_examples=200, deadline=None)
@given(value=st.integers(1, 2**64 - 1) | st.integers(0, 63).map(lambda bit: 1 << bit))
def test_zeros_above_the_highest_bit(value: int) -> None:
    for count in (vector_leading_zeros, plain_leading_zeros):
        assert int(count(np.uint64(value))) == 64 - value.bit_length()


MASKS = st.integers(0, 2**64 - 1) | st.sets(st.integers(0, 63)).map(lambda bits: sum(1 << bit for bit in bits))


@settings(max_examples=200, deadline=None)
@given(mask=MASKS, base=st.integers(0, 2**31), at=st.integers(0, 9))
def test_bits_are_written_as_numbers(mask: int, base: int, at: int) -> None:
    numbers = [base + bit for bit in range(64) if mask >> bit & 1]
    for write in (vector_write_bits, plain_write_bits):
        out = np.full(80, 7, np.uint32)
        assert write(np.uint64(mask), np.uint64(base), out, np.uint64(at)) == len(numbers)
        assert out[at : at + len(numbers)].tolist() == numbers
        assert out[:at].tolist() == [7] * at
        assert out[at + 64 :].tolist() == [7] * (16 - at)


PROGRAM = """
from collections import Counter
import numpy as np
from dsgns.tokens.encoder import Encoder
from dsgns.intrinsics import PLAIN
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words
assert PLAIN
text = b" ".join(b"%d" % (number % 700) for number in range(5000)) + b"\\n" + b"long" * 20 + b"\\n"
data = np.frombuffer(text + b" " * 96, np.uint8)
counter = WordCounter()
counter.add(data, len(text))
found = counter.take()
words = found.text.tobytes().split()
assert dict(zip(words, found.values.tolist())) == Counter(text.split())
_, ids = Encoder(Words.from_spaced(found.text, found.values)).encode(data, len(text))
assert [words[number] for number in ids if number >= 0] == text.split()
print("equal")
"""


def test_the_kernels_on_plain_loops_alone(tmp_path: Path) -> None:
    # Compiled without much care, for haste, and so not into the cache that others load from.
    environment = {**os.environ, "DSGNS_LANES": "plain", "NUMBA_OPT": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("equal\n", "")
