"""What is done to vectors afterwards is what the papers say, whatever the blocks."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.cli.options import POST
from dsgns.errors import ParameterError
from dsgns.vectors.postprocessing import POSTPROCESSING, fit
from dsgns.vectors.words import WordVectors


@pytest.fixture
def skewed() -> WordVectors:
    """Vectors away from the origin, of uneven variance, one direction empty."""
    rng = np.random.default_rng(4)
    rows = (rng.normal(size=(300, 6)) * [5, 3, 1, 1, 0.5, 0] + [1, -2, 3, 0, 0, 0]).astype(np.float32)
    return WordVectors([f"w{row}" for row in range(300)], rows, np.arange(300, 0, -1) ** 2)


def test_centring(skewed):
    made = skewed.postprocessed("centre").vectors
    np.testing.assert_allclose(made, skewed.vectors - skewed.vectors.astype(np.float64).mean(axis=0), atol=1e-5)
    np.testing.assert_array_equal(skewed.postprocessed("none").vectors, skewed.vectors)


@pytest.mark.parametrize("components", [None, 2])
def test_the_first_directions_go(skewed, components):
    made = skewed.postprocessed("all-but-the-top", components).vectors.astype(np.float64)
    centred = skewed.vectors - skewed.vectors.astype(np.float64).mean(axis=0)
    _, values, directions = np.linalg.svd(centred, full_matrices=False)
    gone = components or 1
    np.testing.assert_allclose(made @ directions[:gone].T, 0, atol=1e-4)
    np.testing.assert_allclose(np.linalg.svd(made)[1][: 5 - gone], values[gone:5], rtol=1e-4)


def test_running_words_are_white(skewed):
    made = skewed.postprocessed("zipfian-whitening").vectors.astype(np.float64)
    shares = skewed.counts / skewed.counts.sum()
    np.testing.assert_allclose(shares @ made, 0, atol=1e-5)
    np.testing.assert_allclose((made.T * shares) @ made, np.diag([1, 1, 1, 1, 1, 0]), atol=1e-4)
    assert np.abs(made.mean(axis=0)).max() > 0.01, "the list of words is not"


@pytest.mark.parametrize("name", POSTPROCESSING)
def test_blocks_make_no_difference(skewed, name):
    def blocks(step):
        return lambda: ((start, skewed.vectors[start : start + step]) for start in range(0, 300, step))

    whole, parts = (fit(name, blocks(step), skewed.counts) for step in (300, 7))
    np.testing.assert_allclose(whole.mean, parts.mean, atol=1e-9)
    np.testing.assert_allclose(whole.matrix, parts.matrix, atol=1e-7)


def test_options_are_checked(skewed):
    with pytest.raises(ParameterError, match=r"post is 'whiten'.*zipfian-whitening"):
        skewed.postprocessed("whiten")
    with pytest.raises(ParameterError, match="components is 2; it must be left out"):
        skewed.postprocessed("centre", 2)
    with pytest.raises(ParameterError, match="components is 0; it must be at least 1"):
        skewed.postprocessed("all-but-the-top", 0)
    with pytest.raises(ParameterError, match=r"components is 2\.5; it must be a whole number"):
        skewed.postprocessed("all-but-the-top", 2.5)
    for components in (6, 7):
        with pytest.raises(ParameterError, match=f"components is {components}; it must be below the vectors' size, 6"):
            skewed.postprocessed("all-but-the-top", components)
    with pytest.raises(ParameterError, match="without counts"):
        WordVectors(skewed.index_to_key, skewed.vectors).postprocessed("zipfian-whitening")


def test_the_command_line_has_them_all():
    assert tuple(POST.type.choices) == POSTPROCESSING
