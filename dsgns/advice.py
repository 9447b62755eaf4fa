"""A memory limit for the whole run, where one of its steps was refused for want of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dsgns.errors import DsgnsError, MemoryPromiseError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.plan import plan_run


@contextmanager
def advised(
    inputs: Sequence[str], parameters: TrainParameters, method: str, memory_limit: int | None, workers: int | None
) -> Iterator[None]:
    """Add to a refusal what all stages are expected to need, so that the next one is not refused in its turn.

    Parameters
    ----------
    memory_limit, workers
        As they were given; without a limit there is nothing to add.

    Raises
    ------
    MemoryPromiseError
        In place of one from within.
    """
    try:
        yield
    except MemoryPromiseError as error:
        if memory_limit is None:
            raise
        try:
            needed = plan_run(inputs, parameters, method, Resources(workers, memory_limit))["fitting_memory_limit"]
        except DsgnsError:
            raise error from None
        if needed <= memory_limit:
            raise
        limit = f"{-(-needed // 2**20)}MiB"
        raise MemoryPromiseError(
            f"{error} All stages of this run are expected to fit --memory-limit {limit}."
        ) from error
