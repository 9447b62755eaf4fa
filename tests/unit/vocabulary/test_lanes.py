from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.compile import kernel
from dsgns.vocabulary.lanes import plain_up_to, up_to


@kernel(cache=False)
def vector_up_to(data: np.ndarray, start: np.uint64, byte: np.uint8) -> np.uint64:
    return up_to(data, start, byte)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(min_size=64, max_size=100), byte=st.integers(0, 255), start=st.integers(0, 36))
def test_lanes_equal_plain_loops(data: bytes, byte: int, start: int) -> None:
    values = np.frombuffer(data.ljust(100, b"a"), np.uint8)
    expected = sum(1 << lane for lane in range(64) if values[start + lane] <= byte)
    for compare in (vector_up_to, plain_up_to):
        assert int(compare(values, np.uint64(start), np.uint8(byte))) == expected


PROGRAM = """
from collections import Counter
import numpy as np
from dsgns.tokens.encoder import Encoder, Ids
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
ids = Ids()
Encoder(Words.from_spaced(found.text, found.values)).encode(data, len(text), ids)
assert [words[number] for number in ids.values if number >= 0] == text.split()
print("equal")
"""


def test_the_kernels_on_plain_loops_alone() -> None:
    environment = {**os.environ, "DSGNS_LANES": "plain", "NUMBA_OPT": "1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("equal\n", "")
