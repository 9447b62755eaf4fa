"""An encoded corpus as the tokens stage leaves it, and engines to train it with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dsgns.sgns.corpus import Corpus
from dsgns.store import Output, Workspace
from tests.support.serial import SerialEngine


def write_tokens(workspace: Workspace, blocks: list[np.ndarray], held_out: np.ndarray, words: int) -> Output:
    """Completed tokens in blocks of ids, with the vocabulary that they were encoded with."""
    ids = np.concatenate(blocks)
    counts = np.maximum(np.bincount(ids[ids >= 0], minlength=words), 1)
    vocabulary = workspace.output("vocabulary", "v-00000000")
    names = [b"w%d" % word for word in range(words)]
    vocabulary.write(
        "words",
        {
            "bytes": np.frombuffer(b"".join(names), np.uint8),
            "offsets": np.cumsum([0, *map(len, names)]).astype(np.int64),
            "counts": counts.astype(np.int64),
        },
    )
    tokens = workspace.output("tokens", "t-00000000")
    for number, block in enumerate(blocks):
        own = held_out if number == 0 else held_out[:0]
        tokens.write(f"ids/{number:05d}", {"ids": block.astype(np.int32), "held_out": own.astype(np.int32)})
    tokens.finish(
        {
            "facts": {
                "ids": ids.size,
                "held_out_ids": held_out.size,
                "block_ids": [block.size for block in blocks],
                "block_held_out_ids": [held_out.size] + [0] * (len(blocks) - 1),
                "vocabulary_size": words,
                "vocabulary": vocabulary.key,
            },
            "inputs": {"vocabulary": vocabulary.key},
            "parameters": {},
            "finished": 0.0,
        }
    )
    return tokens


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
