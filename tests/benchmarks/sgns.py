"""Training vectors on one thread, beside gensim's fastest way and the tools that are built from C."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dsgns.parameters import SGNSParameters
from dsgns.sgns.model import Model, aligned_zeros, initial_model, padded
from dsgns.sgns.pieces import ArrayStream
from dsgns.sgns.schedule import evaluation_spans, spans_between
from dsgns.sgns.training import Training
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, Encoded
from tests.benchmarks.judging import Judge
from tests.benchmarks.way import Absent, Command, Trial, Way

TOKENS = 4_000_000
SIZES = (100, 300)
SAMPLES = (1e-3, 1e-4)
SEEDS = 2
"""Models, of as many first runs, that are judged."""


class Trained(NamedTuple):
    """Models in our order of words, and the loss of a pair under each, with the same draws for all."""

    models: list[np.ndarray]
    losses: list[float]


def contests(desk: Desk) -> Iterator[Contest]:
    """Whole trainings from new models, vocabulary and ids being there; window 5, 5 noise words."""
    slow: Sequence[str] = ("word2vec", "fasttext")
    for size in SIZES:
        for sample in SAMPLES:
            parameters = SGNSParameters(vector_size=size, window=5, sample=sample, alpha=0.025, epochs=desk.epochs)
            yield contest(desk, parameters, ("pword2vec", *slow))
            # Once is enough for the slowest.
            slow = ()


def contest(desk: Desk, parameters: SGNSParameters, built: Sequence[str]) -> Contest:
    """All ways train on the same words with the same parameters; each run has another seed, where there are seeds.

    Of the tools that are built from C only some take part.
    """
    number = desk.tokens(TOKENS)
    made, judge = desk.encoded(number), Judge(desk.sets)
    check = partial(compare, judge, load_vocabulary(made.vocabulary).words)
    exact = Way("dsgns", "dsgns --exact", ours, (made, replace(parameters, exact=True)))
    gensim = Way("gensim", "gensim corpus_file", gensim_trial, (made, str(desk.text(number)), parameters))
    rivals = [Rival(exact, check), Rival(desk.peers.way(gensim), check)]
    rivals += [Rival(way) for way in commands(desk, desk.text(number), parameters) if way.tool in built]
    what = f"{parameters.epochs} epoch(s), {made.size}, d={parameters.vector_size}, sample {parameters.sample:g}"
    tokens = made.tokens.facts["tokens"] * parameters.epochs
    return Contest("sgns", what, tokens, Way("dsgns", "dsgns", ours, (made, parameters)), rivals)


def commands(desk: Desk, path: Path, parameters: SGNSParameters) -> Iterator[Command | Absent]:
    """The tools that are built from C, less what they do before they train."""
    same = f"-output vectors -size {parameters.vector_size} -window {parameters.window} -negative 5"
    same += f" -sample {parameters.sample:g} -min-count 5 -alpha {parameters.alpha:g} -binary 1 -threads 1"
    folder, epochs = desk.folder / "trained", parameters.epochs
    # Reading the text into memory takes it about as long as an epoch takes us, so an epoch more less one.
    line, idle = (f"{{pWord2Vec}} -train {path} {same} -iter {times}" for times in (epochs + 1, 1))
    yield desk.peers.command("pword2vec", "pWord2Vec", line, folder, idle=idle)
    # The same with the first line of the text to train on: vocabulary, table of noise words, and saving.
    words = f"head -n 1 {path} > first && {{word2vec}} -train {path} -min-count 5 -save-vocab words && {{word2vec}}"
    line, idle = (f"{words} -train {text} -read-vocab words -cbow 0 -iter {epochs} {same}" for text in (path, "first"))
    yield desk.peers.command("word2vec", "word2vec", line, folder, idle=idle)
    same = f"-input {path} -output fast -dim {parameters.vector_size} -ws {parameters.window} -neg 5 -maxn 0 -bucket 1"
    same += f" -t {parameters.sample:g} -minCount 5 -lr {parameters.alpha:g} -thread 1"
    line, idle = (f"{{fasttext}} skipgram {same} -epoch {times}" for times in (epochs, 0))
    yield desk.peers.command("fasttext", "fastText", line, folder, idle=idle)


def ours(made: Encoded, parameters: SGNSParameters) -> Trial:
    """The training alone, in memory."""
    ids, counts = made.ids, made.counts

    def train(seed: int) -> Model:
        seeded = replace(parameters, seed=seed)
        training = Training.over(ArrayStream(ids), counts, seeded)
        model = initial_model(counts.size, parameters.vector_size, seed)
        for span in spans_between(seeded, ids.size, 0, parameters.epochs * ids.size):
            training.train(model, span)
        return model

    return _trial(made, parameters, train)


def gensim_trial(made: Encoded, path: str, parameters: SGNSParameters) -> Trial:
    """gensim's compiled code that never asks for the GIL; building its vocabulary is not timed."""
    from gensim.models.word2vec import Word2Vec

    names = ("vector_size", "window", "negative", "ns_exponent", "sample", "alpha", "min_alpha")
    about = {name: getattr(parameters, name) for name in names}
    model = Word2Vec(sg=1, hs=0, workers=1, min_count=5, **about)
    model.build_vocab(corpus_file=path)
    order = [model.wv.key_to_index[word] for word in load_vocabulary(made.vocabulary).words]

    def train(seed: int) -> Model:
        # It keeps vectors that are there already.
        model.seed, model.wv.vectors = seed, np.zeros((0, 0), np.float32)
        model.init_weights()
        model.train(corpus_file=path, total_words=model.corpus_total_words, epochs=parameters.epochs)
        return Model(*(_padded(matrix[order]) for matrix in (model.wv.vectors, model.syn1neg)))

    return _trial(made, parameters, train)


def compare(judge: Judge, words: list[str], ours: Trained, theirs: Trained) -> str:
    """Loss, and what people's judgements say of both."""
    losses = ", ".join(f"{a:.3f}/{b:.3f}" for a, b in zip(ours.losses, theirs.losses, strict=True))
    return f"loss of a pair {losses}{judge.compare(words, ours.models, theirs.models)}"


def _trial(made: Encoded, parameters: SGNSParameters, train: Callable[[int], Model]) -> Trial:
    """Each run trains with the next seed; the first models are kept, to be judged."""
    seeds, kept = count(1), []

    def run() -> None:
        model = train(next(seeds))
        if len(kept) < SEEDS:
            kept.append(model)

    def found(_: None) -> Trained:
        training = Training.over(ArrayStream(made.ids), made.counts, parameters)
        spans = list(evaluation_spans(training.stream.length))
        losses = [training.loss(model, spans).mean for model in kept]
        assert np.isfinite(losses).all()
        return Trained([model.inputs[:, : parameters.vector_size].copy() for model in kept], losses)

    return Trial(run, found=found)


def _padded(matrix: np.ndarray) -> np.ndarray:
    rows = aligned_zeros(len(matrix), padded(matrix.shape[1]))
    rows[:, : matrix.shape[1]] = matrix
    return rows
