"""Nearest words: one at a time, many at once, and by way of a graph."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from dsgns.vectors.approximate import ApproximateNeighbours
from dsgns.vectors.words import WordVectors
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import WIDE, Desk
from tests.benchmarks.way import Trial, Way

SIZE = 300
BATCH = 64
GRAPH = 20_000
"""Words of the graph, which takes minutes to build over all of them."""


def contests(desk: Desk) -> Iterator[Contest]:
    """Exact queries against gensim's, one core; a graph against our exact ones."""
    words, few = min(WIDE, desk.tokens(WIDE)), min(GRAPH, desk.tokens(WIDE))
    gensim = desk.peers.way(Way("gensim", "gensim most_similar", theirs, (words, 1)))
    ours = Way("dsgns", "dsgns most_similar", singly, (words, 1))
    yield Contest("queries", f"1 query, V={words:,}, d={SIZE}", 1, ours, [Rival(gensim, same)], "queries", "wall")
    gensim = desk.peers.way(Way("gensim", "gensim most_similar", theirs, (words, BATCH)))
    ours = Way("dsgns", "dsgns most_similar_batch", batch, (words, BATCH))
    what = f"{BATCH} queries, V={words:,}, d={SIZE}"
    yield Contest("queries", what, BATCH, ours, [Rival(gensim, same)], "queries", "wall")
    exact = Way("dsgns", "dsgns most_similar", singly, (few, BATCH))
    ours = Way("dsgns", "dsgns, graph", graph, (few, BATCH))
    what = f"{BATCH} queries, V={few:,}, d={SIZE}"
    yield Contest("queries", what, BATCH, ours, [Rival(exact, recalled)], "queries", "wall")


@cache
def made(words: int) -> WordVectors:
    """Vectors in themes, whose directions matter less and less, as those of an SVD."""
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((words, SIZE), np.float32)
    rows += 2 * rng.standard_normal((1 + words // 50, SIZE), np.float32)[rng.integers(0, 1 + words // 50, words)]
    rows *= np.arange(1, SIZE + 1, dtype=np.float32) ** -0.4
    return WordVectors([f"w{row}" for row in range(words)], rows)


def asked(vectors: WordVectors, number: int) -> list[str]:
    """The words that are asked for, all over the vocabulary."""
    return vectors.index_to_key[:: -(-len(vectors) // number)]


def singly(words: int, number: int) -> Trial:
    """Our exact queries, one after the other."""
    vectors = made(words)
    return Trial(lambda: [vectors.most_similar(word) for word in asked(vectors, number)])


def batch(words: int, number: int) -> Trial:
    """Our exact queries, all at once."""
    vectors = made(words)
    return Trial(lambda: vectors.most_similar_batch(asked(vectors, number)))


def theirs(words: int, number: int) -> Trial:
    """gensim's queries, one after the other."""
    vectors = made(words)
    keyed = vectors.to_gensim()
    return Trial(lambda: [keyed.most_similar(word) for word in asked(vectors, number)])


def graph(words: int, number: int) -> Trial:
    """Queries to a graph that is there already."""
    vectors = made(words)
    neighbours = ApproximateNeighbours(vectors)
    return Trial(lambda: [neighbours.most_similar(word) for word in asked(vectors, number)])


def same(ours: list, theirs: list) -> str:
    """The same words with the same cosines."""
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose([score for _, score in one], [score for _, score in other], atol=1e-5)
    return "the same cosines"


def recalled(ours: list, exact: list) -> str:
    """How many of the true nearest were found."""
    hits = [len({word for word, _ in a} & {word for word, _ in b}) for a, b in zip(ours, exact, strict=True)]
    share = sum(hits) / sum(map(len, exact))
    assert share > 0.8, share
    return f"recall of the first 10: {share:.3f}"
