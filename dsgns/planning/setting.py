"""What stages are planned from: the corpus as it is estimated, all parameters, and the workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from dsgns import rates
from dsgns.engine import allowed_bytes, local_workers
from dsgns.extrapolation import Extrapolation
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.sampling import read_sample

WORD_BYTES = 9
"""Of a word's spelling, on average."""


@dataclass(frozen=True)
class StagePlan:
    """What one stage would take.

    Parameters
    ----------
    stage
        Its name.
    tasks
        How many, all steps together.
    peak_bytes
        Memory that a worker is expected to reach: with text as text usually is.
    held_bytes
        Of that, what it holds when the stage begins.
    projected_bytes
        Memory beyond that which a task is sure to keep to, whatever the text. The stage is refused where this is more
        than a task may use.
    disk_bytes, passing_bytes
        What it leaves on disk, and what lies there besides while it runs.
    seconds
        Of the whole stage.
    """

    stage: str
    tasks: int
    peak_bytes: int
    held_bytes: int
    projected_bytes: int
    disk_bytes: int
    passing_bytes: int
    seconds: float


@dataclass(frozen=True)
class Setting:
    """What a run would be given.

    Parameters
    ----------
    known
        The corpus.
    parameters
        Of all stages.
    counts
        Occurrences of each word, int64, shape (V,).
    nonzeros
        Of the co-occurrence counts.
    workers, memory_limit
        How many, and the bytes that each may use.
    shard_size
        Bytes of text that one task reads.
    """

    known: Extrapolation
    parameters: TrainParameters
    counts: np.ndarray
    nonzeros: int
    workers: int
    memory_limit: int
    shard_size: int

    @classmethod
    def sampled(cls, inputs: Sequence[str], parameters: TrainParameters, resources: Resources) -> Self:
        """Of a corpus as a sample of it looks, on workers of this machine.

        Raises
        ------
        CorpusError
            If the text cannot be used.
        """
        known = Extrapolation(read_sample(inputs, parameters.corpus), parameters.vocabulary)
        counts, nonzeros = known.counts(), known.nonzeros(parameters.counts.window)
        return cls(known, parameters, counts, nonzeros, *local_workers(resources), resources.shard_size)

    def under(self, memory_limit: int) -> Self:
        """The same for workers of another memory limit."""
        return replace(self, memory_limit=memory_limit)

    @property
    def words(self) -> int:
        """V."""
        return self.known.vocabulary_size

    @property
    def ids(self) -> int:
        """Length of the encoded corpus, separators counted."""
        return self.known.used + self.known.documents

    @property
    def reading(self) -> tuple[bool, bool]:
        """Whether documents are held out, and whether the tokenizer needs little memory."""
        asked = self.parameters.corpus
        return asked.held_out > 0, asked.lean

    @property
    def shards(self) -> int:
        """Pieces that the text is read in."""
        return -(-self.known.sample.text_bytes // self.shard_size)

    @property
    def decoded_bytes(self) -> int:
        """Bytes on disk of the text of sources that are no plain text, decoded once and kept until all are encoded."""
        sample = self.known.sample
        packed = sum(source.size for source in sample.sources if not source.plain)
        return round(rates.TEXT_BYTES * sample.expansion * packed)

    def allowed(self, stage: str) -> int:
        """What a task of a stage may use."""
        return allowed_bytes(self.memory_limit, rates.HELD[stage])

    def fits(self, stage: StagePlan) -> bool:
        """Whether the run would begin this stage."""
        return stage.projected_bytes <= self.allowed(stage.stage)

    def seconds(self, work: float, tasks: int) -> float:
        """Wall time of work that is cut into so many tasks."""
        return (work + rates.TASK * tasks) / max(1, min(tasks, self.workers))

    def stage(
        self, name: str, tasks: int, promised: int, likely: int, disk: int, passing: int, seconds: float
    ) -> StagePlan:
        """The plan of a stage, of which ``likely`` bytes are expected beyond what workers hold when it begins."""
        held = rates.HELD[name]
        peak = held + min(max(likely, rates.READER), promised)
        return StagePlan(name, tasks, peak, held, promised, disk, passing, round(rates.STAGE + seconds, 1))
