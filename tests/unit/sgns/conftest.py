"""An encoded corpus as the tokens stage leaves it, and engines to train it with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dsgns.sgns import schedule
from dsgns.sgns.corpus import Corpus
from dsgns.store import Output
from tests.support.serial import SerialEngine
from tests.support.tokens import write_tokens


def topical(length: int, words: int = 120, seed: int = 0, line: int = 25) -> np.ndarray:
    """Zipf-like documents, each mostly of words of one topic, int32 with separators."""
    rng = np.random.default_rng(seed)
    weights = 1 / (np.arange(words) + 2.0)
    ids = rng.choice(words, size=length, p=weights / weights.sum())
    for start in range(0, length, line):
        own = np.arange(rng.integers(6), words, 6)
        part = ids[start : start + line]
        part[rng.random(part.size) < 0.6] = rng.choice(own)
        part[-1] = -1
    return ids.astype(np.int32)


@pytest.fixture
def tokens(workspace) -> Output:
    """20,000 ids in three blocks of uneven size, and 2,000 held out."""
    ids = topical(20_000)
    return write_tokens(workspace, [ids[:7_000], ids[7_000:7_010], ids[7_010:]], topical(2_000, seed=9), words=120)


@pytest.fixture
def corpus(workspace, tokens) -> Corpus:
    return Corpus(tokens, workspace.output("vocabulary", "v-00000000"))


@pytest.fixture
def serial() -> SerialEngine:
    return SerialEngine(1 << 30)


@pytest.fixture
def vectors_of() -> Callable[[Output], dict[str, np.ndarray]]:
    """Reads both matrices of a finished training whole."""

    def read(output: Output) -> dict[str, np.ndarray]:
        return {
            matrix: np.concatenate([output.read(name, "rows")["rows"] for name in output.manifests(matrix)])
            for matrix in ("input", "output")
        }

    return read


@pytest.fixture
def short_intervals(monkeypatch):
    """Checkpoints every few thousand tokens, not every few million."""
    monkeypatch.setattr(schedule, "LEAST_STEPS", 15_000)
    monkeypatch.setattr(schedule, "STEPS_PER_ROW", 1)
