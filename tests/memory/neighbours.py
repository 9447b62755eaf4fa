"""Learn phrases of a text with millions of different pairs while the operating system allows little memory.

``python -m tests.memory.neighbours TOKENS MIB FOLDER [--in-memory]``: so many tokens are drawn at random, among them a
pair that stands together, and phrases are learned where the process may hold so many MiB more than once everything is
imported and compiled (RLIMIT_DATA). With ``--in-memory`` all pairs are put into one table, which must fail.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases.stage import learn_phrases
from dsgns.phrases.table import load_phrases
from dsgns.store import Output, Workspace
from tests.memory.limited import limit_to
from tests.support.corpora import write_lines
from tests.support.serial import SerialEngine

WORDS, PARAMETERS = 4000, VocabularyParameters(phrases=1, phrase_threshold=50.0)


def drawn(tokens: int, seed: int = 1) -> list[str]:
    """Lines of words that are equally frequent, and a pair in each."""
    numbers = np.random.default_rng(seed).integers(0, WORDS, (tokens // 1000, 1000))
    return [" ".join(map(str, line)) + " new york" for line in numbers.tolist()]


def learn(engine: SerialEngine, folder: Path, path: str) -> Output:
    """The phrases of a text."""
    workspace = Workspace.create(str(folder / "w"))
    corpus = prepare_corpus(engine, workspace, [path], CorpusParameters())
    return learn_phrases(engine, workspace, corpus, PARAMETERS)


def main() -> None:
    """Warm up on a small text, set the limit, learn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tokens", type=int)
    parser.add_argument("mib", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--in-memory", action="store_true")
    given = parser.parse_args()
    (given.folder / "small").mkdir()
    learn(SerialEngine(1 << 30), given.folder / "small", write_lines(given.folder / "small.txt", drawn(20_000)))
    path = write_lines(given.folder / "large.txt", drawn(given.tokens))
    limit_to(given.mib << 20)
    if given.in_memory:
        with open(path) as file:
            print(len(Counter(pair for line in file for pair in pairwise(map(int, line.split()[:-2])))))
    output = learn(SerialEngine(given.mib << 20), given.folder, path)
    found = [[phrase.phrase, phrase.count] for phrase in load_phrases(output)]
    json.dump({"found": found, **output.facts, "figures": output.record["figures"]}, sys.stdout)


if __name__ == "__main__":
    main()
