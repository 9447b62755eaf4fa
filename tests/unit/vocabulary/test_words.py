from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.vocabulary.words import Words

WORD = st.text("ab", min_size=1, max_size=4).map(str.encode) | st.sampled_from(
    [b"a" * 16, b"a" * 17, b"a" * 16 + b"b", b"a" * 16 + b"bb", b"\xff", "é".encode(), b"a" * 15 + b"\xff"]
)
COUNTED = st.dictionaries(WORD, st.integers(1, 4), max_size=25)


def words_from(counts: dict[bytes, int]) -> Words:
    text = b"".join(word + b" " for word in counts)
    return Words.from_spaced(np.frombuffer(text, np.uint8), np.array(list(counts.values()), np.uint64))


def listed(words: Words) -> list[tuple[bytes, int]]:
    return [(words.word(number), int(count)) for number, count in enumerate(words.counts)]


@settings(max_examples=300, deadline=None)
@given(counts=COUNTED, min_count=st.integers(1, 4), most=st.none() | st.integers(1, 10))
def test_words_are_ranked_by_falling_count_and_then_by_bytes(
    counts: dict[bytes, int], min_count: int, most: int | None
) -> None:
    kept = [(word, count) for word, count in counts.items() if count >= min_count]
    expected = sorted(kept, key=lambda item: (-item[1], item[0]))[:most]
    assert listed(words_from(counts).frequent(min_count).ranked(most)) == expected


@settings(max_examples=100, deadline=None)
@given(many=st.lists(COUNTED, min_size=1, max_size=4))
def test_words_are_what_they_were_made_from(many: list[dict[bytes, int]]) -> None:
    words = Words.concatenated([words_from(counts) for counts in many])
    assert listed(words) == [item for counts in many for item in counts.items()]
    assert words.spaced().tobytes() == b"".join(word + b" " for counts in many for word in counts)
    assert words.offsets.dtype == words.counts.dtype == np.int64
