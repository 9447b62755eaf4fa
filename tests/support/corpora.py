"""Small corpora that tests make for themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def zipf_lines(tokens: int, types: int = 2000, seed: int = 0, topics: int = 20, line: int = 60) -> list[str]:
    """Documents of words with Zipf's frequencies; each document prefers the words of one topic.

    Words of one topic stand near one another, so that there is something to learn.
    """
    rng = np.random.default_rng(seed)
    weights = 1.0 / (np.arange(types) + 2.7)
    topic_of = rng.integers(0, topics, types)
    names = np.array([_name(i) for i in range(types)])
    every = rng.choice(types, size=tokens, p=weights / weights.sum())
    lines = []
    for start in range(0, tokens, line):
        words = every[start : start + line].copy()
        topic = rng.integers(topics)
        own = np.flatnonzero(topic_of == topic)
        swapped = rng.random(len(words)) < 0.5
        words[swapped] = rng.choice(own, size=int(swapped.sum()), p=weights[own] / weights[own].sum())
        lines.append(" ".join(names[words]))
    return lines


def write_lines(path: Path, lines: list[str]) -> str:
    """Write documents, one a line; the path as a string."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def _name(i: int) -> str:
    letters = ""
    while True:
        i, rest = divmod(i, 26)
        letters = chr(97 + rest) + letters
        if i == 0:
            return letters
