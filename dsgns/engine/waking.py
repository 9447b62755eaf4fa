"""Tasks that Dask forgets where all workers are lost at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from distributed import Client

from dsgns.engine.deadline import SCHEDULER_ANSWERS, within


def wake(client: Client) -> None:
    """Have the scheduler look again for workers for tasks that any worker may take.

    A task that would rather run on one worker, and may run on others, is set aside when no worker is left; those that
    come are asked only whether they are the one. It would wait for ever, and so would we.
    """

    # A function within another one travels by its code: the scheduler's host need not have dsgns.
    def look_again(dask_scheduler: Any) -> None:
        forgotten = [task.key for task in dask_scheduler.unrunnable if task.loose_restrictions]
        if forgotten and dask_scheduler.running:
            dask_scheduler.transitions(dict.fromkeys(forgotten, "processing"), "dsgns-wake")

    with suppress(Exception):  # whether the scheduler is there at all is found out elsewhere
        within(SCHEDULER_ANSWERS, client.run_on_scheduler, look_again)
