from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.vocabulary.table import BUCKETS, CountedWords, WordCounter, count_text

WHITE = bytes(range(33))
SPARE = 96


def words_of(data: bytes) -> list[bytes]:
    return data.translate(bytes(32 if code <= 32 else code for code in range(256))).split()


def padded(data: bytes) -> np.ndarray:
    # What is behind the text must not be taken for a part of it.
    return np.frombuffer(data + b"x\n" * (SPARE // 2), np.uint8)


def as_counter(found: CountedWords) -> Counter[bytes]:
    words = found.text.tobytes().split(b" ")
    assert words.pop() == b""
    assert len(set(words)) == len(words) == found.values.size
    return Counter(dict(zip(words, found.values.tolist(), strict=True)))


PIECES = [b"a", b"b", b" ", b"\n", b"\n\n", b"\t \r", b"\0", b"eightlet", b"nineletts", "é".encode(), b"\xff\xfe"]
LENGTHS = [b"w" * length for length in (16, 17, 23, 24, 25, 48, 49, 63, 64, 65, 300)]
DATA = st.lists(st.sampled_from(PIECES + LENGTHS) | st.binary(max_size=4), max_size=80).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(DATA, max_size=4))
def test_words_are_counted_as_split_and_counter_do(texts: list[bytes]) -> None:
    counter = WordCounter()
    for data in texts:
        assert counter.add(padded(data), len(data)) == len(words_of(data)) + data.count(b"\n")
        assert count_text(padded(data), len(data)) == (len(words_of(data)), data.count(b"\n"))
    assert as_counter(counter.take()) == Counter(word for data in texts for word in words_of(data))
    assert counter.line_feeds == sum(data.count(b"\n") for data in texts)
    assert len(counter) == 0


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 4095, 4096, 4097])
def test_texts_that_end_at_the_seams_of_blocks_and_batches(size: int) -> None:
    for data in (b"a" * size, (b"ab " * size)[:size], b"\n" * size, (b"\n" + b"z" * size)[:size]):
        counter = WordCounter()
        counter.add(padded(data), size)
        assert as_counter(counter.take()) == Counter(words_of(data))
        assert counter.line_feeds == data.count(b"\n")


def many_words(number: int) -> bytes:
    names = [b"%d" % word if word % 5 else b"a-long-word-that-does-not-fit-%d" % word for word in range(number)]
    return b" ".join(names + names[::2])


def test_the_table_grows() -> None:
    data = many_words(60_000)
    counter = WordCounter()
    counter.add(padded(data), len(data))
    assert as_counter(counter.take()) == Counter(data.split())


def test_one_word_of_megabytes_between_others() -> None:
    data = b"before " + b"long" * 500_000 + b" after before"
    counter = WordCounter()
    counter.add(padded(data), len(data))
    assert as_counter(counter.take()) == Counter(data.split())


@pytest.mark.parametrize("most", [1 << 13, 1 << 15])
def test_what_does_not_fit_is_spilled(most: int) -> None:
    data = many_words(60_000)
    spilled: list[Counter[bytes]] = []
    counter = WordCounter(most=most, spill=lambda words: spilled.append(as_counter(words)))
    counter.add(padded(data), len(data))
    assert len(spilled) > 60_000 // most - 2
    assert max(len(words) for words in spilled) <= most * 5 // 4
    assert sum(spilled, as_counter(counter.take())) == Counter(data.split())


def test_amounts_are_added_word_by_word() -> None:
    data = b"the cat\nthe\n"
    counter = WordCounter()
    counter.add(padded(data), len(data), np.array([10, 20, 1, 30, 2], np.uint64))
    assert as_counter(counter.take()) == Counter({b"the": 40, b"cat": 20})
    assert counter.line_feeds == 3


def test_words_come_out_by_buckets_that_any_table_agrees_on() -> None:
    data = many_words(30_000)
    grown, roomy = WordCounter(), WordCounter(expected=100_000)
    for counter in (grown, roomy):
        counter.add(padded(data), len(data))
    one, other = grown.take(), roomy.take()
    assert one.words_before.shape == (BUCKETS + 1,)
    assert one.words_before.tolist() == other.words_before.tolist()
    assert one.words_before[-1] == 30_000
    for bucket in range(0, BUCKETS, 100):
        first, last = one.bytes_before[bucket : bucket + 2]
        words = sorted(one.text[first:last].tobytes().split())
        assert words == sorted(other.text[first:last].tobytes().split())
        assert len(words) == one.words_before[bucket + 1] - one.words_before[bucket]
    share = np.diff(one.words_before)
    # A fair hash puts 29 words into each bucket, give or take five.
    assert share.max() < 29 + 6 * 5.4
