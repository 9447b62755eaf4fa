"""How many tokens of each file the draws of a training left out: a replay of these draws alone."""

from __future__ import annotations

import numpy as np

from dsgns.corpus.report import SOURCES
from dsgns.parameters import SGNSParameters
from dsgns.progress import advance
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.kernels.positions import subsample
from dsgns.sgns.pieces import READ_TOKENS
from dsgns.store import Manifest, Output


def count_subsampled(
    output: Output, name: str, corpus: Corpus, parameters: SGNSParameters, start: int, stop: int
) -> Manifest:
    """Count what all epochs left out of the ids ``start`` to ``stop``, file by file.

    Whether a token stays is drawn by where it stands and in which epoch, so this needs no trace of the training.

    Returns
    -------
    Manifest
        Of the block, with the array ``tokens``, int64: those left out of each file that stands there, of which the
        fact ``first`` tells the position.
    """
    bounds = np.append(0, np.cumsum(corpus.tokens.read(SOURCES, "ids")["ids"]))
    first, last = (int(np.searchsorted(bounds, place, side="right")) for place in (start, stop - 1))
    bounds = np.clip(bounds[first - 1 : last + 1], start, stop)
    left_out = np.zeros(bounds.size - 1, np.int64)
    training = corpus.training(parameters)
    words, offsets = np.empty((2, READ_TOKENS), np.int32)
    epochs = [training.draws(epoch) for epoch in range(parameters.epochs)]
    for begin in range(start, stop, READ_TOKENS):
        ids = training.stream.read(begin, min(begin + READ_TOKENS, stop))
        ends = np.clip(bounds - begin, 0, ids.size)
        for draws in epochs:
            kept = subsample(ids, begin, draws, words, offsets)
            # Ends of documents always stay, so what is not kept are tokens.
            left_out += np.diff(ends) - np.diff(np.searchsorted(offsets[:kept], ends))
        advance(ids.size)
    return output.write(name, {"tokens": left_out}, facts={"first": first - 1, "total": int(left_out.sum())})
