"""What workers spend on the tasks of a step: at work, and on bringing what each task needs to where it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from distributed import Client

from dsgns.engine.deadline import SCHEDULER_ANSWERS, within


class Spent(NamedTuple):
    """Seconds of workers, added up over tasks.

    Parameters
    ----------
    working
        From a task's begin to its end.
    moving
        Until what it needs from other workers was there.
    """

    working: float = 0.0
    moving: float = 0.0

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return Spent(self.working + other.working, self.moving + other.moving)


class Spending:
    """Adds up what tasks took, by the function that each of them is; the scheduler's record of its tasks tells.

    Parameters
    ----------
    client
        Whose scheduler it is.
    prefix
        What the keys of the step's tasks begin with.
    """

    def __init__(self, client: Client, prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._until = 0.0
        self.spent: dict[str, Spent] = {}
        # The scheduler keeps no record before it is asked for it; what is there already is of other steps.
        self._new()

    def look(self) -> dict[str, Spent]:
        """All that was spent since the beginning."""
        for name, spent in added_up(self._new(), self._prefix).items():
            self.spent[name] = self.spent.get(name, Spent()).plus(spent)
        return self.spent

    def _new(self) -> list[Mapping[str, Any]]:
        # By the scheduler's own times, never by this clock.
        try:
            records = within(SCHEDULER_ANSWERS, self._client.get_task_stream, start=self._until)
        except OSError:  # figures for people: whoever waits for the tasks tells what is wrong
            return []
        found = [record for record in records if _end(record) > self._until]
        self._until = max([self._until, *map(_end, found)])
        return found


def added_up(records: Iterable[Mapping[str, Any]], prefix: str) -> dict[str, Spent]:
    """What tasks took, by the last part of their keys.

    Parameters
    ----------
    records
        Of tasks, as :meth:`distributed.Client.get_task_stream` has them.
    prefix
        What keys begin with; other tasks are left out.

    Examples
    --------
    >>> record = {"key": "sgns--train-1a2b-merge", "startstops": [
    ...     {"action": "transfer", "start": 1.0, "stop": 1.5}, {"action": "compute", "start": 2.0, "stop": 4.0}]}
    >>> added_up([record, record], "sgns--train-")
    {'merge': Spent(working=4.0, moving=1.0)}
    """
    spent: dict[str, Spent] = {}
    for record in records:
        if str(record["key"]).startswith(prefix):
            seconds = {"compute": 0.0, "transfer": 0.0}
            for part in record["startstops"]:
                if part["action"] in seconds:
                    seconds[part["action"]] += part["stop"] - part["start"]
            name = str(record["key"]).rpartition("-")[2]
            spent[name] = spent.get(name, Spent()).plus(Spent(seconds["compute"], seconds["transfer"]))
    return spent


def _end(record: Mapping[str, Any]) -> float:
    return max((float(part["stop"]) for part in record["startstops"]), default=0.0)
