"""Both roads over one vocabulary, compared: do counting and predicting find the same neighbours?

Skip-gram with negative sampling approximates PMI - log k. Factorising that matrix, cut off at 0, with SGNS's own
window, subsampling and k finds far more of SGNS's neighbours than chance would. With settings of its own the count road
comes nearer still: log k takes most cells below 0, and leaves the factorisation less to go by. So its shift is 1 by
default. `dsgns compare` looks at the same in terms of SGNS's objective.

    python examples/two_roads.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from distributed import Client
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
    as_sgns = {"window": 5, "weighting": "dynamic", "subsample": 1e-3, "shift": NEGATIVE}

    # One client for all three; it might as well be a cluster's. What comes before the roads fork is made once.
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        sgns = dsgns.train(text, place, method="sgns", client=client, negative=NEGATIVE, epochs=20, **common)
        predicted = sgns.vectors("sgns")
        counted = dsgns.train(text, place, method="svd", client=client, **common).vectors("svd")
        shifted = dsgns.train(text, place, method="svd", client=client, **as_sgns, **common).vectors("svd")

    print(f"share of the {NEAREST} nearest neighbours in common with SGNS, over {WORDS} words:")
    print(f"  PMI + SVD with its own settings  {shared_neighbours(counted, predicted):.2f}")
    print(f"  PMI + SVD with SGNS's settings   {shared_neighbours(shifted, predicted):.2f}")
    print(f"  by chance                        {NEAREST / len(predicted):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
