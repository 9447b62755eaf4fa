"""Both roads over one vocabulary, compared: do counting and predicting find the same neighbours?

Skip-gram with negative sampling approximates PMI - log k. So with SGNS's own window, subsampling, noise and k, the
factorised PMI matrix should place words much as SGNS does, and with the count road's own best settings somewhat
differently. `dsgns compare` says the same in terms of SGNS's objective.

    python examples/two_roads.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from stdlib_corpus import write_reference

import dsgns

WORDS, NEAREST, NEGATIVE = 200, 10, 5


def shared_neighbours(one: dsgns.WordVectors, other: dsgns.WordVectors) -> float:
    """The share of each word's nearest neighbours that both have, over the most frequent words."""
    shares = []
    for word in one.index_to_key[:WORDS]:
        first, second = ({near for near, _ in road.most_similar(word, topn=NEAREST)} for road in (one, other))
        shares.append(len(first & second) / NEAREST)
    return float(np.mean(shares))


def main(folder: Path) -> None:
    """Train SGNS once and the count road twice; print what they share."""
    text, place = write_reference(folder / "reference.txt"), folder / "roads.dsgns"
    common = {"tokenizer": "words", "vector_size": 50, "min_count": 3}

    # Everything before the fork is made by the first call and reused by the others.
    sgns = dsgns.train(text, place, method="sgns", negative=NEGATIVE, epochs=20, **common).vectors("sgns")
    own = dsgns.train(text, place, method="svd", **common).vectors("svd")
    as_sgns = {"window": 5, "weighting": "dynamic", "subsample": 1e-3, "shift": NEGATIVE}
    like = dsgns.train(text, place, method="svd", **as_sgns, **common).vectors("svd")

    print(f"share of the {NEAREST} nearest neighbours in common with SGNS, over {WORDS} words:")
    print(f"  PMI + SVD with its own settings  {shared_neighbours(own, sgns):.2f}")
    print(f"  PMI + SVD with SGNS's settings   {shared_neighbours(like, sgns):.2f}")
    print(f"  by chance                        {NEAREST / len(sgns):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
