from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.parameters import SGNSParameters
from dsgns.sgns import pieces
from dsgns.sgns import training as training_module
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.model import Model, initial_model
from dsgns.sgns.pieces import ArrayStream
from dsgns.sgns.schedule import Span
from dsgns.sgns.training import Trained, Training, train_array
from tests.unit.sgns.twin import Twin, toy_corpus

SMALL = SGNSParameters(vector_size=10, window=3, negative=4, sample=0.02, epochs=2, alpha=0.2)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(("window", "negative", "words"), [(3, 4, 30), (5, 1, 6), (2, 15, 200)])
def test_training_is_that_of_word2vec(exact, window, negative, words):
    ids, counts = toy_corpus(words=words)
    parameters = replace(SMALL, window=window, negative=negative, exact=exact)
    twin = Twin(ids, counts, parameters)
    twin.train()
    model = train_array(ids, counts, parameters).model
    np.testing.assert_allclose(model.inputs[:, :10], twin.inputs, rtol=0, atol=1e-4)
    np.testing.assert_allclose(model.outputs[:, :10], twin.outputs, rtol=0, atol=1e-4)
    assert np.abs(twin.outputs).max() > 0.1


@pytest.mark.parametrize("exact", [False, True])
def test_the_loss_is_that_of_the_twin(exact):
    ids, counts = toy_corpus()
    parameters = replace(SMALL, exact=exact)
    twin = Twin(ids, counts, parameters)
    twin.train()
    model = train_array(ids, counts, parameters).model
    loss = Training.over(ArrayStream(ids), counts, parameters).loss(model, [Span(5, 40, 300)])
    total, pairs = twin.loss(5, 40, 300)
    assert loss.pairs == pairs
    assert loss.total == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize("exact", [False, True])
def test_a_step_goes_down_the_gradient_of_the_loss(exact):
    """One centre with two contexts: the update is -rate times the finite differences of the loss."""
    ids, counts = np.array([0, 1, 2, -1], np.int32), np.array([3, 2, 1])
    parameters = replace(SMALL, window=1, sample=0.0, vector_size=3, exact=exact)
    training, centre = Training.over(ArrayStream(ids), counts, parameters), Span(0, 1, 2, rate=1e-3)
    rng = np.random.default_rng(0)
    model = initial_model(3, 3, seed=1)
    for matrix in model[:2]:
        matrix[:, :3] = rng.normal(size=(3, 3))
    trained = Model(model.inputs.copy(), model.outputs.copy())
    training.train(trained, centre)
    step = 1e-2
    for before, after in ((model.inputs, trained.inputs), (model.outputs, trained.outputs)):
        for place in np.ndindex(3, 3):
            kept = before[place]
            before[place] = kept + step
            above = training.loss(model, [centre]).total
            before[place] = kept - step
            below = training.loss(model, [centre]).total
            before[place] = kept
            # Two contexts of one centre are two steps under ``exact``: the second sees what the first has changed.
            assert (kept - after[place]) / 1e-3 == pytest.approx((above - below) / (2 * step), abs=4e-3)


@settings(max_examples=25, deadline=None)
@given(piece=st.integers(1, 150), read=st.integers(1, 150), halo=st.integers(1, 40))
def test_the_result_does_not_depend_on_how_the_corpus_is_cut(piece, read, halo):
    ids, counts = toy_corpus(seed=3)
    whole = train_array(ids, counts, SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE_TOKENS", piece)
        patch.setattr(pieces, "READ_TOKENS", read)
        patch.setattr(pieces, "_HALO", halo)
        cut = train_array(ids, counts, SMALL)
    np.testing.assert_array_equal(cut.model.inputs, whole.model.inputs)
    np.testing.assert_array_equal(cut.model.outputs, whole.model.outputs)
    assert cut.trained == whole.trained
    assert cut.loss == pytest.approx(whole.loss, rel=1e-12)


def test_every_token_is_trained_or_subsampled():
    ids, counts = toy_corpus()
    twin = Twin(ids, counts, SMALL)
    trained = train_array(ids, counts, SMALL).trained
    windows = [list(twin.windows(epoch, 0, len(ids))) for epoch in range(2)]
    assert trained.pairs == sum(len(contexts) for epoch in windows for _, contexts in epoch)
    assert trained.subsampled == 2 * (ids >= 0).sum() - sum(map(len, windows))
    assert 0 < trained.subsampled < 2 * (ids >= 0).sum()


@pytest.mark.parametrize("exact", [False, True])
def test_training_on_the_touched_rows_alone_is_training(exact):
    ids, counts = toy_corpus(words=200)
    training = Training.over(ArrayStream(ids), counts, replace(SMALL, exact=exact))
    span = Span(1, 50, 120, rate=0.1, fall=1e-4)
    whole = initial_model(200, 10, seed=1)
    words = training.touched([span])
    maps = RowMaps(*(np.full(200, -1, np.int32) for _ in words))
    for places, found in zip(maps, words, strict=True):
        places[found] = np.arange(found.size)
    part = Model(whole.inputs[words.inputs], whole.outputs[words.outputs], maps)
    before = whole.inputs.copy(), whole.outputs.copy()
    training.train(whole, span)
    training.train(part, span)
    np.testing.assert_array_equal(part.inputs, whole.inputs[words.inputs])
    np.testing.assert_array_equal(part.outputs, whole.outputs[words.outputs])
    assert set(np.flatnonzero((whole.outputs != before[1]).any(axis=1))) == set(words.outputs)
    # With outputs still zero the first position moves no input row; all that do move were announced.
    assert set(np.flatnonzero((whole.inputs != before[0]).any(axis=1))) <= set(words.inputs)
    assert 0 < words.inputs.size < words.outputs.size <= 200


@pytest.mark.parametrize("exact", [False, True])
def test_updates_are_counted_as_they_will_be_made(exact):
    ids, counts = toy_corpus(words=60)
    parameters = replace(SMALL, exact=exact)
    twin, inputs, outputs = Twin(ids, counts, parameters), np.zeros(60, int), np.zeros(60, int)
    for centre, contexts in twin.windows(1, 30, 200):
        for number, context in enumerate(contexts):
            inputs[ids[context]] += 1 + SMALL.negative
            noise = twin.noise_words(1, centre, number if exact else 0)
            np.add.at(outputs, [ids[centre], *noise], 1)
    found = Training.over(ArrayStream(ids), counts, parameters).updates([Span(1, 30, 120), Span(1, 120, 200)])
    np.testing.assert_array_equal(found.inputs, inputs)
    np.testing.assert_array_equal(found.outputs, outputs)


def test_one_thread_gives_the_same_bits_again():
    ids, counts = toy_corpus()
    first, second = train_array(ids, counts, SMALL), train_array(ids, counts, SMALL)
    np.testing.assert_array_equal(first.model.inputs, second.model.inputs)
    other = train_array(ids, counts, replace(SMALL, seed=2))
    assert not np.array_equal(first.model.inputs, other.model.inputs)


def test_threads_train_every_token_once_and_as_well():
    ids, counts = toy_corpus(length=20_000)
    parameters = replace(SMALL, alpha=0.05, epochs=3)
    alone, together = (train_array(ids, counts, replace(parameters, threads=threads)) for threads in (1, 3))
    assert together.trained == alone.trained
    assert together.loss[-1] == pytest.approx(alone.loss[-1], rel=0.02)


def test_threads_fall_with_the_learning_rate_together(monkeypatch: pytest.MonkeyPatch):
    """Were each to train a half of its own, the last words of one would be learnt at twice the others' rate."""
    monkeypatch.setattr(training_module, "PIECE_TOKENS", 1000)
    ids, counts = toy_corpus(length=20_000)
    begun: list[tuple[int, int]] = []
    alone = Training._train_alone

    def noting(self: Training, model: Model, span: Span) -> Trained:
        begun.append((span.start, span.stop))
        return alone(self, model, span)

    monkeypatch.setattr(Training, "_train_alone", noting)
    train_array(ids, counts, replace(SMALL, epochs=1, threads=2))
    assert len(begun) >= 20
    order = [start for start, _ in begun]
    assert max(abs(place - sorted(order).index(start)) for place, start in enumerate(order)) <= 2


def test_the_loss_falls():
    ids, counts = toy_corpus(length=5_000)
    ids[1::2] = ids[::2]  # every word is followed by itself
    loss = train_array(ids, counts, replace(SMALL, sample=0.0, epochs=4)).loss
    assert loss[3] < loss[0] < 5 * np.log(2)


def test_a_corpus_of_separators_trains_nothing():
    outcome = train_array(np.full(5, -1, np.int32), np.array([1, 1]), SMALL)
    assert outcome.trained == (0, 0)
    assert outcome.loss == [0.0, 0.0]
