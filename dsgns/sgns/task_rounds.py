"""Several replicas: what the server does in a round, as pure functions from arrays to arrays.

``merge`` makes a shard's next version from its last and all replicas' changes, as ``curvatures`` tell; ``balance``
and ``balanced`` put the two matrices back into balance. Nothing changes its arguments, so a step that is lost with
its worker can be run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from dsgns.parameters import SGNSParameters
from dsgns.sgns.corpus import Corpus, frequencies
from dsgns.sgns.curvature import HEAD, Curvature
from dsgns.sgns.gauge import Moments, corrected, correction, product
from dsgns.sgns.merging import RowDelta, Step, merged
from dsgns.sgns.schedule import Round
from dsgns.sgns.shard import Shard, head
from dsgns.sgns.task_chunks import Changes
from dsgns.sgns.training import Trained
from dsgns.svd.blas import single_thread

_SAMPLED = 4096  # rows, and up to twice as many, that stand for all of a shard where only their second moment matters


@single_thread()
def curvatures(corpus: Corpus, parameters: SGNSParameters, *shards: Shard) -> tuple[Curvature, Curvature]:
    """The curvature of the loss in the rows of each matrix, from the frequent rows of the other."""
    heads = [head(each) for each in shards]
    inputs, outputs = (np.concatenate([getattr(each, matrix) for each in heads]) for matrix in ("inputs", "outputs"))
    for_inputs, for_outputs = frequencies(corpus, parameters).weights()
    return Curvature.of(inputs, outputs, for_inputs[:HEAD]), Curvature.of(outputs, inputs, for_outputs[:HEAD])


@single_thread()
def merge(
    turn: Round, vocabulary_size: int, curved: tuple[Curvature, Curvature], k: int, shard: Shard,
    *updates: Changes | Sequence[Changes],
) -> Shard:  # fmt: skip
    """The ``k``-th shard's next version, after the changes of all replicas of a round in order: to it, or to all."""
    changes = [each if isinstance(each, Changes) else each[k] for each in updates]
    own, following = (shard.start, shard.start + len(shard.inputs)), []
    for place, matrix in enumerate(("inputs", "outputs")):
        rates = curved[place].slopes_of(*own, min(HEAD, vocabulary_size)) * np.float32(turn.mean_rate)
        deltas = [
            RowDelta(
                each.rows.words[place] - np.int32(shard.start), getattr(each.rows, matrix), each.replicas[place],
                each.updates[place],
            )
            for each in changes
        ]  # fmt: skip
        following.append(merged(getattr(shard, matrix), deltas, Step(rates, curved[place], len(turn.spans))))
    inputs, outputs = following
    fluxes = inputs.flux, outputs.flux.T
    if shard.flux is not None:
        fluxes = shard.flux[0] + fluxes[0], shard.flux[1] + fluxes[1]
    trained = reduce(Trained.plus, (each.trained for each in changes), shard.trained)
    return Shard(shard.start, inputs.rows, outputs.rows, fluxes, trained)


@single_thread()
def moments(shard: Shard) -> Moments:
    """What a shard contributes to the balance of the two matrices; it was merged since the last correction."""
    assert shard.flux is not None
    every = max(1, len(shard.inputs) // _SAMPLED)
    squares = (every * product(rows[::every], rows[::every]) for rows in (shard.inputs, shard.outputs))
    return Moments(*shard.flux, *squares)


def balance(*parts: Moments) -> npt.NDArray[np.float32]:
    """The correction that all shards come to."""
    return correction(parts)


def balanced(shard: Shard, change: npt.NDArray[np.float32]) -> Shard:
    """A shard after a correction."""
    inputs, outputs = corrected(shard.inputs, shard.outputs, change)
    return shard._replace(inputs=inputs, outputs=outputs, flux=None)
