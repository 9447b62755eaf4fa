"""A memory limit for the whole run, where one of its steps was refused for want of memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dsgns.errors import DsgnsError, MemoryPromiseError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.planning.limit import advised_limit
from dsgns.planning.setting import Setting


@contextmanager
def advised(
    inputs: Sequence[str], parameters: TrainParameters, method: str, memory_limit: int | None, workers: int | None
) -> Iterator[None]:
    """Advise, at a refusal, a limit that all stages are expected to fit, in place of what the refused one needs.

    Parameters
    ----------
    memory_limit, workers
        As they were given; without a limit a refusal stays as it is.

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
            setting = Setting.sampled(inputs, parameters, Resources(workers, memory_limit))
            limit = advised_limit(setting, method, error.limit)
        except DsgnsError:
            raise error from None
        if limit <= memory_limit:
            raise
        advice = f"All stages of this run are expected to fit with --memory-limit {limit >> 20}MiB."
        raise MemoryPromiseError(error.why, advice, limit) from error
