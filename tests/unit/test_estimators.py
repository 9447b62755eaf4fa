"""Estimators keep scikit-learn's manners, and learn what `dsgns.train` makes."""

from __future__ import annotations

import copy
import gc
import inspect
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

import dsgns
from dsgns import SGNSEmbedding, SVDEmbedding
from dsgns.pipeline import TrainParameters
from dsgns.session import SESSION
from tests.support.corpora import write_lines, zipf_lines

BOTH = pytest.mark.parametrize("kind", [SVDEmbedding, SGNSEmbedding])
SMALL: dict[str, Any] = {"vector_size": 8, "min_count": 1}
OWN = {SVDEmbedding: ("counts", "pmi", "svd"), SGNSEmbedding: ("sgns",)}


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    return write_lines(tmp_path / "corpus.txt", zipf_lines(3000, types=80))


@pytest.fixture(autouse=True)
def _active(engine) -> Iterator[None]:
    with engine.client.as_current():
        yield


@BOTH
@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_valid_tag_types,
        estimator_checks.check_parameters_default_constructible,
    ],
    ids=lambda check: check.__name__,
)
def test_scikit_learns_own_checks(kind, check) -> None:
    check(kind.__name__, kind())


@BOTH
def test_parameters_are_those_of_the_stages_with_the_same_defaults(kind) -> None:
    stages, given = TrainParameters(), kind().get_params()
    records = [getattr(stages, name).to_dict() for name in ("corpus", "vocabulary", *OWN[kind])]
    expected = {name: value for record in records for name, value in record.items()}
    expected.pop("continue_from", None)  # a result of a workspace, which :func:`dsgns.train_sgns` goes on from
    assert {name: given[name] for name in expected} == expected
    reading = {"workspace", "context"} | ({"p"} if kind is SVDEmbedding else set())
    assert given.keys() - expected == reading | SESSION - {"listener"}
    assert list(inspect.signature(kind).parameters) == list(given)


@BOTH
def test_it_learns_what_train_makes(kind, corpus, tmp_path) -> None:
    model = clone(kind(**SMALL, workspace=tmp_path / "w.dsgns", context="add"))
    assert model.fit(corpus) is model
    made = dsgns.train(corpus, tmp_path / "other.dsgns", method=kind.ROAD, **SMALL)
    expected = made.vectors(kind.ROAD, context="add")
    np.testing.assert_array_equal(model.vectors_.vectors, expected.vectors)
    assert model.vocabulary_ == expected.key_to_index
    assert model.workspace_ == dsgns.open_workspace(tmp_path / "w.dsgns")
    assert model.key_ == model.workspace_.store.latest(kind.ROAD).name
    check_is_fitted(model)


@BOTH
def test_before_fit_nothing_is_learned(kind) -> None:
    with pytest.raises(NotFittedError):
        check_is_fitted(kind())
    with pytest.raises(dsgns.DsgnsError, match="has no vectors_ yet; call fit first"):
        _ = kind().vectors_
    assert not hasattr(kind(), "n_features_in_")


def test_each_learns_what_is_its_own(corpus) -> None:
    model = SGNSEmbedding(**SMALL, epochs=2, held_out=0.2).fit(corpus)
    assert len(model.loss_) == len(model.held_out_loss_) == 2
    assert np.all(np.diff(SVDEmbedding(**SMALL).fit(corpus).singular_values_) <= 0)


def test_a_temporary_workspace_serves_one_estimator_and_goes_with_it(corpus) -> None:
    model = SVDEmbedding(**SMALL).fit(corpus)
    place, counts = Path(model.workspace_.url), model.workspace_.store.keys("counts")
    other = model.set_params(shift=2).fit(corpus)
    assert other.workspace_.store.keys("counts") == counts, "they were not counted again"
    vectors = pickle.loads(pickle.dumps(model.vectors_))
    kept = model.vectors_
    assert place.is_dir()
    del model, other
    assert not place.exists()
    np.testing.assert_array_equal(kept.vectors, vectors.vectors)


def test_a_copy_keeps_the_temporary_workspace_alive() -> None:
    model = SVDEmbedding()
    place, copied = Path(model._place()), copy.deepcopy(model)
    del model
    gc.collect()
    assert place.is_dir()
    assert copied._place() == str(place)
    del copied
    gc.collect()
    assert not place.exists()


def test_documents_need_no_file(corpus) -> None:
    documents = [line.split() for line in Path(corpus).read_text().splitlines()]
    made = [SVDEmbedding(**SMALL).fit(text).vectors_ for text in (corpus, iter(documents))]
    assert made[0].index_to_key == made[1].index_to_key
    np.testing.assert_array_equal(made[0].vectors, made[1].vectors)


def test_it_is_the_last_step_of_a_pipeline(corpus) -> None:
    fitted = make_pipeline(SVDEmbedding(**SMALL)).fit(corpus)
    assert len(fitted[-1].vectors_) == len(fitted[-1].vocabulary_)


@BOTH
def test_wrong_parameters_are_refused_in_fit_and_not_before(kind, corpus) -> None:
    with pytest.raises(dsgns.DsgnsError, match="seed is -1"):
        kind(seed=-1).fit(corpus)
    with pytest.raises(ValueError, match=r"There is no option 'vectorsize'; did you mean vector_size"):
        kind().set_params(vectorsize=3)
