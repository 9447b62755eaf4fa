"""From text to ids on disk, beside gensim's dictionary and our own counting of words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsgns.parameters import VocabularyParameters
from dsgns.store import Output
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest
from tests.benchmarks.desk import Desk

TOKENS = 20_000_000


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage against looking up every word in memory, and against the stage before it."""
    from gensim.corpora import Dictionary

    number = desk.within(TOKENS)
    path, made = desk.text(number), desk.encoded(number)
    dictionary = Dictionary()
    dictionary.token2id = {word: id_ for id_, word in enumerate(load_vocabulary(made.vocabulary).words)}

    def ours() -> Output:
        return encode_tokens(desk.engine, made.workspace, made.corpus, made.vocabulary)

    def vocabulary() -> Output:
        made.vocabulary.remove("")
        return build_vocabulary(desk.engine, made.workspace, made.corpus, VocabularyParameters())

    tokens = made.tokens.facts["conservation"]["tokens_read"]
    what = f"text to ids on disk, {tokens / 1e6:.3g}M tokens"

    def before() -> None:
        made.tokens.remove("")

    yield Contest(
        "tokens",
        what,
        "gensim Dictionary.doc2idx",
        tokens,
        ours,
        lambda: look_up(path, dictionary),
        require_equal,
        before,
    )
    yield Contest("tokens", what, "our own vocabulary stage", tokens, ours, vocabulary, lambda *_: "", before)


def look_up(path: Path, dictionary: object) -> list[np.ndarray]:
    """The ids of each line, int32, -1 for words that are not in the vocabulary."""
    with path.open(encoding="utf-8") as file:
        return [np.array(dictionary.doc2idx(line.split()), np.int32) for line in file]


def require_equal(ours: Output, peer: list[np.ndarray]) -> str:
    """The same ids, line by line; words that are not in the vocabulary are left out of ours."""
    expected = [part for line in peer for part in (line[line >= 0], [-1])]
    stream = TokenStream(ours)
    np.testing.assert_array_equal(stream.read(0, stream.length), np.concatenate(expected))
    return f"{stream.length:,} ids equal"
