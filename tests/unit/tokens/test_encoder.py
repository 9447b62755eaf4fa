from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.tokens.encoder import Encoder
from dsgns.vocabulary.words import Words
from tests.oracle.text import ids as slow_ids

WORDS = ["a", "the", "eightlet", "nineletts", "w" * 24, "w" * 25, "w" * 300, "é", "v" * 25]
TEXT = st.lists(st.lists(st.sampled_from([*WORDS, "b", "unknown", "u" * 25, "w" * 26])), max_size=6)


def encoder_of(words: list[str]) -> Encoder:
    text = "".join(f"{word} " for word in words).encode()
    return Encoder(Words.from_spaced(np.frombuffer(text, np.uint8), np.ones(len(words), np.uint64)))


def padded(text: str) -> tuple[np.ndarray, int]:
    data = text.encode()
    return np.frombuffer(data + b"a\n" * 48, np.uint8), len(data)


@settings(max_examples=200, deadline=None)
@given(documents=TEXT, known=st.integers(0, len(WORDS)))
def test_ids_as_a_dictionary_gives_them(documents: list[list[str]], known: int) -> None:
    text = "".join(" ".join(document) + "\n" for document in documents)
    events, ids = encoder_of(WORDS[:known]).encode(*padded(text))
    assert ids.tolist() == slow_ids(documents, WORDS[:known])
    assert events == sum(len(document) + 1 for document in documents)


def test_ids_of_many_words_over_many_calls() -> None:
    words = [f"word-{number}" for number in range(50_000)]
    encoder = encoder_of(words)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, 60_000, (20, 5000))
    for row in drawn:
        events, ids = encoder.encode(*padded(" ".join(f"word-{number}" for number in row)))
        assert events == row.size
        assert ids.tolist() == row[row < 50_000].tolist()
        assert ids.dtype == np.int32
