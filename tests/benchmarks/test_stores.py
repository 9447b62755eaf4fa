"""Every store keeps the contract: the same rows after the same rounds, also where a worker was killed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.stores import STORES, added, change, initial, measure, pulled


@pytest.mark.cluster
@pytest.mark.parametrize("name", list(STORES))
def test_it_holds_what_was_pushed_also_after_a_worker_died(name: str) -> None:
    found = measure(name, words=40, size=3, count=30, many=2)
    expected = np.concatenate([initial(0, 20, 3), initial(20, 40, 3)])
    for number in range(2):
        updates = [
            (words, change(expected[words])) for words in (pulled(number, replica, 40, 30) for replica in (0, 1))
        ]
        expected = added(expected, 0, *updates)
    for rows in found["rows"]:
        np.testing.assert_array_equal(rows, expected)
    assert min(found["seconds"], found["memory"]) > 0
