"""Trainings that go on from a finished one: with its rows, other draws, and the same bits however often interrupted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsgns.errors import MissingOutputError, ParameterError
from dsgns.parameters import SGNSParameters
from dsgns.sgns import schedule
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.model import Model, aligned_zeros, initial_inputs
from dsgns.sgns.schedule import rounds, spans_between
from dsgns.sgns.stage import sgns_key, train
from dsgns.store import Output
from tests.support.tokens import write_tokens
from tests.unit.sgns.conftest import topical
from tests.unit.sgns.test_stage import interrupt_after

PARAMETERS = SGNSParameters(vector_size=20, window=3, negative=3, sample=0.0, epochs=2, alpha=0.05)
KINDS = pytest.mark.parametrize(
    "parameters", [PARAMETERS, replace(PARAMETERS, replicas=4, round_tokens=800)], ids=["one", "replicas"]
)
STILL = {"alpha": 1e-12, "min_alpha": 0.0, "epochs": 1}


@pytest.fixture
def known(serial, workspace, tokens) -> Output:
    return train(serial, workspace, tokens, PARAMETERS)


def equal(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(found[matrix], expected[matrix]) for matrix in ("input", "output"))


def test_it_begins_with_the_rows_of_the_other_and_repeats_none_of_its_draws(
    serial, workspace, tokens, known, vectors_of
):
    parameters = replace(PARAMETERS, alpha=0.02, continue_from=known.name)
    found = vectors_of(train(serial, workspace, tokens, parameters))
    corpus, rows = Corpus(tokens, workspace.output("vocabulary", "v-00000000")), vectors_of(known)
    for seed, same in ((parameters.draw_seed, True), (parameters.seed, False)):
        model = Model(aligned_zeros(120, 32), aligned_zeros(120, 32))
        for matrix, values in zip(("input", "output"), (model.inputs, model.outputs), strict=True):
            values[:, :20] = rows[matrix]
        training = corpus.training(replace(parameters, continue_from=None, seed=seed))
        for span in spans_between(parameters, 20_000, 0, 40_000):
            training.train(model, span)
        assert equal(found, {"input": model.inputs[:, :20], "output": model.outputs[:, :20]}) == same


@KINDS
def test_interrupted_it_comes_to_the_same_bits_even_when_what_it_began_with_is_gone(
    serial, workspace, tokens, known, vectors_of, parameters, monkeypatch
):
    monkeypatch.setattr(schedule, "LEAST_STEPS", 15_000)
    monkeypatch.setattr(schedule, "STEPS_PER_ROW", 1)
    parameters = replace(parameters, continue_from=known.key)
    output = train(serial, workspace, tokens, parameters)
    expected = vectors_of(output)
    assert not output.manifests("start")
    for calls, there in ((0, True), (1 if parameters.replicas == 1 else 25, False)):
        output.remove("")
        with pytest.MonkeyPatch.context() as patch:
            interrupt_after(patch, calls)
            with pytest.raises(KeyboardInterrupt):
                train(serial, workspace, tokens, parameters)
        if not there:
            known.remove("")
        assert equal(vectors_of(train(serial, workspace, tokens, parameters)), expected)


@KINDS
def test_words_of_another_vocabulary_keep_their_rows_and_new_ones_begin_as_all_do(
    serial, workspace, tokens, known, vectors_of, parameters
):
    before = vectors_of(known)
    other = _with_new_words(workspace)
    parameters = replace(parameters, continue_from=known.key, **STILL)
    found = vectors_of(train(serial, workspace, other, parameters))
    old = np.arange(150) % 5 != 0  # every fifth word is new
    for matrix in ("input", "output"):
        np.testing.assert_allclose(found[matrix][old], before[matrix], atol=1e-6)
    new = initial_inputs(0, 150, 20, parameters.draw_seed)[~old, :20]
    np.testing.assert_allclose(found["input"][~old], new, atol=1e-6)
    np.testing.assert_allclose(found["output"][~old], 0, atol=1e-6)


def test_replicas_that_go_on_need_no_single_one_before_them():
    asked = replace(PARAMETERS, replicas=4, round_tokens=800)
    assert len(rounds(asked, 20_000)[0].spans) == 1
    assert len(rounds(replace(asked, continue_from="k"), 20_000)[0].spans) == 4


def test_what_cannot_be_gone_on_from_is_refused(serial, workspace, tokens, known):
    with pytest.raises(ParameterError, match=r"vector_size is 16, but sgns/d20-.* has 20"):
        train(serial, workspace, tokens, replace(PARAMETERS, vector_size=16, continue_from=known.key))
    with pytest.raises(MissingOutputError, match="no completed sgns"):
        train(serial, workspace, tokens, replace(PARAMETERS, continue_from="nowhere"))


def test_keys_of_trainings_from_the_beginning_are_what_they_were(tokens):
    assert "continue_from" not in PARAMETERS.ingredients()
    assert "-more-" in sgns_key(tokens, replace(PARAMETERS, continue_from="k"))
    assert replace(PARAMETERS, continue_from="sgns/k") == replace(PARAMETERS, continue_from="k")


def _with_new_words(workspace) -> Output:
    """Tokens over a vocabulary in which every fifth word is one that the other one lacks."""
    old = iter(range(120))
    names = [b"new%d" % word if word % 5 == 0 else b"w%d" % next(old) for word in range(150)]
    return write_tokens(workspace, [topical(20_000, words=150)], topical(0), 150, names, key="11111111")
