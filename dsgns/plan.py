"""What a run would take, told before it is begun: tasks, memory, disk and time of each stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsgns import rates
from dsgns.engine import needed_limit
from dsgns.errors import ParameterError
from dsgns.extrapolation import Extrapolation
from dsgns.parameters import Resources
from dsgns.pipeline import METHODS, TrainParameters
from dsgns.planner import BASELINE, Planner, StagePlan
from dsgns.sampling import read_sample


def plan_run(
    inputs: Sequence[str], parameters: TrainParameters, method: str = "both", resources: Resources | None = None
) -> dict[str, Any]:
    """What a training on this machine would take, from a sample of its text.

    Returns
    -------
    dict
        JSON-able: ``corpus`` (files, bytes, tokens, words: estimates), ``stages`` (each with the fields of a
        :class:`~dsgns.planner.StagePlan`, ``fits``, and the memory limit it needs), and over all stages ``seconds``,
        ``disk_bytes`` when all is done, ``most_disk_bytes`` at any time, ``workers``, ``memory_limit``, ``fits``.

    Raises
    ------
    CorpusError
        If the text cannot be used.
    ParameterError
        If there is no such method.
    """
    if method not in METHODS:
        raise ParameterError(f"method is {method!r}; it must be one of {', '.join(METHODS)}.")
    resources = resources or Resources()
    planner = Planner(
        Extrapolation(read_sample(inputs, parameters.corpus), parameters.vocabulary), parameters, resources
    )
    stages = [planner.vocabulary(), planner.tokens()]
    stages += [planner.counts(), planner.marginals(), planner.svd()] if method != "sgns" else []
    stages += [planner.sgns()] if method != "svd" else []
    return _report(planner, stages)


def _report(planner: Planner, stages: list[StagePlan]) -> dict[str, Any]:
    known, sample = planner.known, planner.known.sample
    described = []
    most = there = 0
    for stage in stages:
        limit = needed_limit(stage.projected_bytes, BASELINE)
        fits = stage.projected_bytes <= planner.allowed
        described.append({**stage.__dict__, "fits": fits, "needed_memory_limit": limit})
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
        "fits": all(stage["fits"] for stage in described),
    }
