"""How the deltas of several replicas become one step of a shard.

A rule is a function of a shard's rows and the replicas' deltas, in replica order, that changes the rows in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dsgns.compile import kernel


class RowDelta(NamedTuple):
    """How one replica changed some rows of one matrix.

    Parameters
    ----------
    rows
        int32, ascending: row numbers within the shard.
    delta
        float32, shape (rows, padded d): after training minus before.
    """

    rows: npt.NDArray[np.int32]
    delta: npt.NDArray[np.float32]


def average(shard: npt.NDArray[np.float32], deltas: Sequence[RowDelta], replicas: int) -> None:
    """Add the sum of the deltas over the number of replicas, whether or not they touched a row.

    Replicas learn ``replicas`` times as fast (:func:`dsgns.sgns.schedule.local_factor`), so a rare row, which one of
    them touched, moves by its nominal step, and a frequent one by the mean of steps that saturate locally.
    """
    for rows, delta in deltas:
        _add_rows(shard, rows, delta, np.float32(1.0 / replicas))


@kernel
def _add_rows(
    shard: npt.NDArray[np.float32], rows: npt.NDArray[np.int32], delta: npt.NDArray[np.float32], factor: np.float32
) -> None:
    for i in range(rows.size):
        for k in range(delta.shape[1]):
            shard[rows[i], k] += factor * delta[i, k]
