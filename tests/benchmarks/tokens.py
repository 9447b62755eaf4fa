"""From text to ids on disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns.parameters import VocabularyParameters
from dsgns.store import Output
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, Encoded, one_worker
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage against the stage before it, which reads the same text, and looking up words in memory."""
    number = desk.tokens(TOKENS)
    made = desk.encoded(number)
    tokens = made.tokens.facts["conservation"]["tokens_read"]
    gensim = Way("gensim", "gensim Dictionary.doc2idx", gensim_look_up, (str(desk.text(number)), made.vocabulary))
    yield Contest(
        "tokens",
        f"text to ids on disk, {tokens / 1e6:.3g}M tokens",
        tokens,
        Way("dsgns", "dsgns", stage, (made,)),
        [
            Rival(Way("dsgns", "our own vocabulary stage", vocabulary_stage, (made,))),
            Rival(desk.peers.way(gensim), require_equal),
        ],
    )


def stage(made: Encoded) -> Trial:
    """Our stage."""
    engine = one_worker()

    def run() -> Output:
        return encode_tokens(engine, made.workspace, made.corpus, made.vocabulary)

    return Trial(run, lambda: made.tokens.remove(""), lambda output: made._replace(tokens=output).ids)


def vocabulary_stage(made: Encoded) -> Trial:
    """The stage before it."""
    engine, parameters = one_worker(), VocabularyParameters()

    def run() -> Output:
        return build_vocabulary(engine, made.workspace, made.corpus, parameters)

    return Trial(run, lambda: made.vocabulary.remove(""), lambda output: output.key)


def gensim_look_up(path: str, vocabulary: Output) -> Trial:
    """Ids of each line, int32, -1 for words that are not in the vocabulary."""
    from gensim.corpora import Dictionary

    dictionary = Dictionary()
    dictionary.token2id = {word: id_ for id_, word in enumerate(load_vocabulary(vocabulary).words)}

    def run() -> list[np.ndarray]:
        with open(path, encoding="utf-8") as file:
            return [np.array(dictionary.doc2idx(line.split()), np.int32) for line in file]

    return Trial(run, found=joined)


def joined(lines: list[np.ndarray]) -> np.ndarray:
    """One stream as ours is: what is not in the vocabulary left out, -1 after each line."""
    return np.concatenate([part for line in lines for part in (line[line >= 0], np.int32([-1]))])


def require_equal(ours: np.ndarray, theirs: np.ndarray) -> str:
    """The same ids, line by line."""
    np.testing.assert_array_equal(ours, theirs)
    return f"{ours.size:,} ids equal"
