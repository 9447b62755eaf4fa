"""What a run would take, told before it is begun: tasks, memory, disk and time of each stage."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dsgns import rates
from dsgns.corpus.forms import split_sources
from dsgns.corpus.serial import read_serially
from dsgns.engine import LEAST_LIMIT
from dsgns.inputs import Text, named, texts_of
from dsgns.kinds import one_of
from dsgns.parameters import METHODS, Resources
from dsgns.pipeline import TrainParameters
from dsgns.planning.limit import advised_limit, stages
from dsgns.planning.setting import Setting, StagePlan
from dsgns.store import Workspace


def plan_run(
    inputs: Text, parameters: TrainParameters, method: str = "both", resources: Resources | None = None
) -> dict[str, Any]:
    """What a training on this machine would take, from a sample of its text.

    Parameters
    ----------
    inputs
        As for :func:`dsgns.train`. Standard input and iterables are read to their end, into a file that is deleted
        again.

    Returns
    -------
    dict
        JSON-able: ``corpus`` (files, bytes, tokens, words: estimates), ``notes`` on files that cannot be read side by
        side, ``stages`` (each with the fields of a
        :class:`~dsgns.planning.setting.StagePlan`, the ``promised_bytes`` that no worker goes beyond whatever the text,
        and whether that ``fits``), ``spooled_bytes`` of text that was handed over, which a run keeps in its workspace,
        and over all stages ``seconds``, ``disk_bytes`` when all is done,
        ``most_disk_bytes`` at any time, ``workers``, ``memory_limit``, ``fits``, and ``fitting_memory_limit``, under
        which all stages fit: the limit itself where they do.

    Raises
    ------
    CorpusError
        If the text cannot be used.
    ParameterError
        If there is no such method.
    """
    one_of("method", method, METHODS)
    with _by_name(inputs, parameters) as (names, spooled):
        setting = Setting.sampled(names, parameters, resources or Resources())
        return _report(setting, method, stages(setting, method), spooled)


@contextmanager
def _by_name(inputs: Text, parameters: TrainParameters) -> Iterator[tuple[list[str], int]]:
    """The names of texts while the block runs, and the bytes of those that were handed over."""
    texts = texts_of(inputs)
    with tempfile.TemporaryDirectory(prefix="dsgns-plan-") as folder:
        names = named(Workspace.create(f"{folder}/w.dsgns"), texts, parameters.corpus, lambda told: None)
        handed = {name for name, text in zip(names, texts, strict=True) if name != text}
        yield names, sum(map(os.path.getsize, handed))


def _report(setting: Setting, method: str, planned: list[StagePlan], spooled: int) -> dict[str, Any]:
    known, sample = setting.known, setting.known.sample
    fits = setting.memory_limit >= LEAST_LIMIT and all(map(setting.fits, planned))
    described = []
    most = there = spooled
    for stage in planned:
        promised = {"promised_bytes": stage.held_bytes + stage.projected_bytes}
        described.append({**stage.__dict__, **promised, "fits": setting.fits(stage)})
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
            "nonzeros": setting.nonzeros,
        },
        "notes": read_serially(split_sources(sample.sources)),
        "stages": described,
        "spooled_bytes": spooled,
        "seconds": round(rates.STARTING + sum(stage.seconds for stage in planned), 1),
        "disk_bytes": there,
        "most_disk_bytes": most,
        "workers": setting.workers,
        "memory_limit": setting.memory_limit,
        "fits": fits,
        "fitting_memory_limit": setting.memory_limit if fits else advised_limit(setting, method),
    }
