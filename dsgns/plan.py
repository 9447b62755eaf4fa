"""What a run would take, told before it is begun: tasks, memory, disk and time of each stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsgns import rates
from dsgns.engine import LEAST_LIMIT, needed_limit
from dsgns.extrapolation import Extrapolation
from dsgns.kinds import one_of
from dsgns.parameters import Resources
from dsgns.pipeline import METHODS, TrainParameters
from dsgns.planner import Planner, StagePlan
from dsgns.sampling import read_sample


def plan_run(
    inputs: Sequence[str], parameters: TrainParameters, method: str = "both", resources: Resources | None = None
) -> dict[str, Any]:
    """What a training on this machine would take, from a sample of its text.

    Returns
    -------
    dict
        JSON-able: ``corpus`` (files, bytes, tokens, words: estimates), ``stages`` (each with the fields of a
        :class:`~dsgns.planner.StagePlan`, the ``promised_bytes`` that no worker goes beyond whatever the text, and
        whether that ``fits``), and over all stages ``seconds``, ``disk_bytes`` when all is done, ``most_disk_bytes`` at
        any time, ``workers``, ``memory_limit``, ``fits``, and ``fitting_memory_limit``, under which all stages fit: the
        limit itself where they do.

    Raises
    ------
    CorpusError
        If the text cannot be used.
    ParameterError
        If there is no such method.
    """
    one_of("method", method, METHODS)
    known = Extrapolation(read_sample(inputs, parameters.corpus), parameters.vocabulary)
    planner = Planner(known, parameters, resources or Resources())
    return _report(planner, planner.stages(method), _fitting_limit(planner, method))


def _fitting_limit(planner: Planner, method: str) -> int:
    """The planner's limit, or the first one beyond it that was found under which every stage fits."""
    limit = max(planner.memory_limit, LEAST_LIMIT)
    while True:
        planner = planner.under(limit)
        tight = [stage for stage in planner.stages(method) if not planner.fits(stage)]
        if not tight:
            return limit
        # Where there is more memory, work is cut into larger pieces: whether all fits has to be looked at again.
        limit = max(needed_limit(stage.projected_bytes, stage.held_bytes) for stage in tight)


def _report(planner: Planner, stages: list[StagePlan], fitting: int) -> dict[str, Any]:
    known, sample = planner.known, planner.known.sample
    described = []
    most = there = 0
    for stage in stages:
        promised = {"promised_bytes": stage.held_bytes + stage.projected_bytes}
        described.append({**stage.__dict__, **promised, "fits": planner.fits(stage)})
        most, there = max(most, there + stage.disk_bytes + stage.passing_bytes), there + stage.disk_bytes
    return {
        "corpus": {
            "files": len(sample.sources),
            "bytes": sum(source.size for source in sample.sources),
            "text_bytes": sample.text_bytes,
            "sampled_bytes": sample.looked_at,
            "tokens": known.tokens,
            "documents": known.documents,
            "distinct_words": known.distinct,
            "vocabulary_size": known.vocabulary_size,
            "used": known.used,
            "nonzeros": planner.nonzeros,
        },
        "stages": described,
        "seconds": round(rates.STARTING + sum(stage.seconds for stage in stages), 1),
        "disk_bytes": there,
        "most_disk_bytes": most,
        "workers": planner.workers,
        "memory_limit": planner.memory_limit,
        "fits": fitting == planner.memory_limit,
        "fitting_memory_limit": fitting,
    }
