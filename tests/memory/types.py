"""Count a text of very many different words while the operating system allows little memory, and say what was found.

``python -m tests.memory.types TYPES MIB FOLDER [--in-memory]``: as many types are written to a text and counted where
the process may hold so many MiB more than once everything is imported and compiled (RLIMIT_DATA). With ``--in-memory``
all words are put into one table, which must fail.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.table import WordCounter
from tests.memory.limited import limit_to
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine

OFTEN, EVERY, MIN_COUNT = 6, 1000, 5
_STEP = 1 << 17


def occurrences(types: int) -> Iterator[np.ndarray]:
    """Every number below ``types`` in some order, odd ones once more, and each thousandth ``OFTEN`` times in all."""
    for start in range(0, types, _STEP):
        yield np.arange(start, min(start + _STEP, types)) * 7919 % types
    for start in range(1, types, 2 * _STEP):
        yield np.arange(start, min(start + 2 * _STEP, types), 2)
    yield np.tile(np.arange(0, types, EVERY), OFTEN - 1)


def spelt(numbers: np.ndarray) -> np.ndarray:
    """Numbers as words of seven to thirteen letters, each followed by white space, uint8: one line for each call."""
    letters = numbers[:, None] // 26 ** np.arange(6, -1, -1) % 26 + 97
    words = np.full((numbers.size, 14), 32, np.uint8)
    words[:, :7] = letters
    # Each third is longer than what a table keeps in one integer.
    words[numbers % 3 == 0, 7:13] = letters[numbers % 3 == 0, :6]
    return np.append(words[:-1].reshape(-1), np.append(words[-1, :13], 10).astype(np.uint8))


def write_types(path: Path, types: int) -> int:
    """Write them; how many tokens there are."""
    tokens = 0
    with path.open("wb") as file:
        for numbers in occurrences(types):
            file.write(spelt(numbers))
            tokens += numbers.size
    return tokens


def count(corpus: str, folder: str, allowed: int, shard_size: int) -> dict[str, object]:
    """The vocabulary stage; what it says of the words."""
    engine, workspace = SerialEngine(allowed, shard_size), Workspace.create(folder)
    prepared = prepare_corpus(engine, workspace, [corpus], CorpusParameters())
    output = build_vocabulary(engine, workspace, prepared, VocabularyParameters(MIN_COUNT))
    return {**output.facts, "sha256": digests(output), "figures": output.record["figures"]}


def main() -> None:
    """Warm up on a small text, set the limit, count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("types", type=int)
    parser.add_argument("mib", type=int)
    parser.add_argument("folder")
    parser.add_argument("--in-memory", action="store_true")
    given = parser.parse_args()
    folder = Path(given.folder)
    small = write_lines(folder / "small.txt", zipf_lines(20_000, types=500))
    count(small, f"{folder}/small.dsgns", 1 << 30, 1 << 16)
    corpus = folder / "types.txt"
    tokens = write_types(corpus, given.types)
    limit = limit_to(given.mib << 20)
    if given.in_memory:
        counter = WordCounter()
        for numbers in occurrences(given.types):
            text = np.append(spelt(numbers), np.zeros(96, np.uint8))
            counter.add(text, text.size - 96)
    found = count(str(corpus), f"{folder}/types.dsgns", given.mib << 20, 64 << 20)
    json.dump({**found, "tokens": tokens, "limit": limit}, sys.stdout)


if __name__ == "__main__":
    main()
