"""Training vectors, beside gensim's fastest way: a corpus file and compiled code that never asks for the GIL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from dsgns.parameters import SGNSParameters
from dsgns.sgns.model import Model, aligned_zeros, initial_model
from dsgns.sgns.pieces import ArrayStream
from dsgns.sgns.schedule import evaluation_spans, spans_between
from dsgns.sgns.training import Training
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest
from tests.benchmarks.desk import Desk, Encoded

TOKENS = 2_000_000
SAMPLES = (1e-3, 1e-4)


def contests(desk: Desk) -> Iterator[Contest]:
    """One epoch on one thread, the model and the vocabulary being there; window 5, 5 noise words."""
    for sample in SAMPLES:
        parameters = SGNSParameters(vector_size=100, window=5, negative=5, sample=sample, alpha=0.025, epochs=1)
        yield contest(desk, parameters)


def contest(desk: Desk, parameters: SGNSParameters) -> Contest:
    """Training on the same words with the same parameters; each run is one more epoch of the same model."""
    number = desk.within(TOKENS)
    made = desk.encoded(number)
    training = Training.over(ArrayStream(made.ids), made.counts, parameters)
    model = initial_model(made.counts.size, parameters.vector_size, parameters.seed)
    (span,) = spans_between(parameters, training.stream.length, 0, training.stream.length)
    epochs = count()

    def ours() -> Model:
        training.train(model, replace(span, epoch=next(epochs)))
        return model

    path, theirs = str(desk.text(number)), gensim_model(str(desk.text(number)), parameters)

    def peer() -> object:
        theirs.train(
            corpus_file=path,
            total_words=theirs.corpus_total_words,
            epochs=1,
            start_alpha=parameters.alpha,
            end_alpha=parameters.min_alpha,
        )
        return theirs

    def check(ours: Model, peer: object) -> str:
        losses = (loss(training, each) for each in (ours, as_model(peer, made)))
        return "loss of a pair after one epoch {:.3f}, peer {:.3f}".format(*losses)

    tokens = made.tokens.facts["tokens"]
    what = f"one epoch of {tokens / 1e6:.3g}M tokens, d={parameters.vector_size}, sample {parameters.sample:g}"
    return Contest("sgns", what, "gensim corpus_file, workers=1", tokens, ours, peer, check)


def gensim_model(path: str, parameters: SGNSParameters) -> object:
    """gensim's model with its vocabulary, not trained."""
    from gensim.models.word2vec import Word2Vec

    names = ("vector_size", "window", "negative", "ns_exponent", "sample", "alpha", "min_alpha", "seed")
    model = Word2Vec(sg=1, hs=0, workers=1, min_count=5, **{name: getattr(parameters, name) for name in names})
    model.build_vocab(corpus_file=path)
    return model


def as_model(peer: object, made: Encoded) -> Model:
    """gensim's two matrices in our order of words and our padding."""
    order = [peer.wv.key_to_index[word] for word in load_vocabulary(made.vocabulary).words]
    rows = initial_model(0, peer.vector_size, 0).inputs.shape[1]
    matrices = []
    for matrix in (peer.wv.vectors, peer.syn1neg):
        padded = aligned_zeros(len(order), rows)
        padded[:, : peer.vector_size] = matrix[order]
        matrices.append(padded)
    return Model(*matrices)


def loss(training: Training, model: Model) -> float:
    """The mean loss of a pair, with the same draws for every model."""
    found = training.loss(model, evaluation_spans(training.stream.length)).mean
    assert np.isfinite(found)
    return found
