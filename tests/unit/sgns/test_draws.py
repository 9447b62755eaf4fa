from __future__ import annotations

import numpy as np
import pytest

from dsgns.sgns.kernels.draws import Draws, bits_at, key_of, noise_word, reach_of, stays
from dsgns.sgns.noise import alias_table, keep_probabilities, keep_thresholds
from tests.unit.sgns.twin import splitmix


def draws_of(window: int = 5, keep: np.ndarray | None = None, noise: np.ndarray | None = None) -> Draws:
    keep = np.zeros(1, np.uint32) if keep is None else keep
    noise = np.zeros(1, np.uint64) if noise is None else noise
    return Draws(key_of(3, 0), window, 5, False, keep, noise)


def random_bits(draws: Draws, number: int) -> np.uint64:
    """The bits of a position; what comes back from a kernel is a Python integer."""
    return np.uint64(bits_at(draws.key, number))


def test_the_hash_is_splitmix64():
    # The first outputs of the reference implementation seeded with 1234567.
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [bits_at(np.uint64(1234567), number) for number in range(4)] == known


@pytest.mark.parametrize(("seed", "stream"), [(0, 0), (1, 7), (2**63, 1 << 62), (2**64 - 1, 3)])
def test_keys_are_hashes_of_seed_and_stream(seed, stream):
    assert key_of(seed, stream) == splitmix(splitmix(0, seed), stream)
    assert type(key_of(seed, stream)) is np.uint64


@pytest.mark.parametrize("window", [1, 2, 5, 40])
def test_every_reach_up_to_the_window_is_as_likely(window):
    draws = draws_of(window)
    found = np.bincount([reach_of(draws, random_bits(draws, i)) for i in range(4000)], minlength=window + 1)
    assert found[0] == 0
    assert found.size == window + 1
    expected = 4000 / window
    # chi-square of this fixed seed: below 1.6 a degree of freedom, or 0 where there is none.
    assert ((found[1:] - expected) ** 2 / expected).sum() <= 1.6 * (window - 1)


def test_words_stay_as_often_as_they_should():
    counts = np.array([900_000, 50_000, 40_000, 10_000])
    probabilities = keep_probabilities(counts, 1e-2)
    draws = draws_of(keep=keep_thresholds(counts, 1e-2))
    n = 4000
    for word, probability in enumerate(probabilities):
        share = np.mean([stays(draws, random_bits(draws, i), word) for i in range(n)])
        assert abs(share - probability) <= 3 * np.sqrt(probability * (1 - probability) / n)


def test_noise_words_follow_the_distribution():
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.full(40, 0.5))
    draws = draws_of(noise=alias_table(probabilities))
    n = 20_000
    found = np.bincount([noise_word(draws, draws.key, i) for i in range(n)], minlength=40)
    expected = n * probabilities
    often = expected > 5
    statistic = ((found - expected)[often] ** 2 / expected[often]).sum()
    assert statistic < often.sum() + 3 * np.sqrt(2 * often.sum())
