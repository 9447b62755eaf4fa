"""Phrases as they lie in a workspace, and as they are put to use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dsgns.store import Output

BLOCKS = "phrases"


@dataclass(frozen=True)
class Phrase:
    """Two words, or phrases of an earlier pass, that belong together."""

    phrase: str
    first: str
    second: str
    count: int
    score: float
    in_pass: int


@dataclass(frozen=True)
class Phrases:
    """All phrases of one or more passes, each pass by falling score.

    Parameters
    ----------
    words
        Every word and phrase that there is in them, as UTF-8.
    first, second, made
        int32, shape (phrases,): positions among ``words`` of what each is made of, and of the phrase itself.
    counts, scores
        int64 and float64, shape (phrases,).
    bounds
        int64, shape (passes + 1,): where the phrases of each pass begin, and the end.
    """

    words: list[bytes]
    first: np.ndarray
    second: np.ndarray
    made: np.ndarray
    counts: np.ndarray
    scores: np.ndarray
    bounds: np.ndarray

    @classmethod
    def none(cls) -> Phrases:
        """Those before the first pass."""
        numbers = np.empty(0, np.int32)
        return cls([], numbers, numbers, numbers, np.empty(0, np.int64), np.empty(0), np.zeros(1, np.int64))

    @classmethod
    def load(cls, output: Output, block: str) -> Phrases:
        """Those of a block."""
        arrays = output.read(block)
        text, ends = arrays.pop("bytes").tobytes(), arrays.pop("offsets").tolist()
        return cls([text[start:stop] for start, stop in pairwise(ends)], **arrays)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a block holds."""
        offsets = np.cumsum([0, *map(len, self.words)], dtype=np.int64)
        numbers = {name: getattr(self, name) for name in ("first", "second", "made", "counts", "scores", "bounds")}
        return {"bytes": np.frombuffer(b"".join(self.words), np.uint8), "offsets": offsets, **numbers}

    def with_pass(
        self, pairs: list[tuple[bytes, bytes]], counts: np.ndarray, scores: np.ndarray, delimiter: bytes
    ) -> Phrases:
        """These and those of one more pass."""
        words = list(self.words)
        known = {word: number for number, word in enumerate(words)}

        def number(word: bytes) -> int:
            if word not in known:
                known[word] = len(words)
                words.append(word)
            return known[word]

        made = [(number(a), number(b), number(a + delimiter + b)) for a, b in pairs]
        columns = np.array(made, np.int32).reshape(-1, 3).T
        first, second, phrase = (
            np.append(old, new) for old, new in zip((self.first, self.second, self.made), columns, strict=True)
        )
        bounds = np.append(self.bounds, first.size)
        return Phrases(
            words, first, second, phrase, np.append(self.counts, counts), np.append(self.scores, scores), bounds
        )

    def __len__(self) -> int:
        return int(self.first.size)

    def __iter__(self) -> Iterator[Phrase]:
        for number, (start, stop) in enumerate(pairwise(self.bounds.tolist()), start=1):
            for place in range(start, stop):
                phrase, first, second = (self.words[part[place]] for part in (self.made, self.first, self.second))
                count, score = int(self.counts[place]), float(self.scores[place])
                yield Phrase(phrase.decode(), first.decode(), second.decode(), count, score, number)


def last_block(output: Output) -> str:
    """The block of a completed output that has the phrases of all passes."""
    return f"{BLOCKS}/{output.facts['passes']}"


def load_phrases(output: Output) -> Phrases:
    """The phrases that a completed stage has learned."""
    return Phrases.load(output, last_block(output))
