"""The one seam between stages and Dask: stages say what to make, the engine runs it somewhere."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from distributed import Client

from dsgns.engine.cluster import connect
from dsgns.engine.events import Event, Listener, silent
from dsgns.engine.job import Job
from dsgns.engine.logs import RunLogs
from dsgns.engine.moments import Callback, Watch
from dsgns.engine.workers import Workers
from dsgns.parameters import Resources
from dsgns.store import Output


@contextmanager
def open_engine(
    resources: Resources | None = None,
    *,
    client: Client | None = None,
    scheduler: str | None = None,
    certificates: str | None = None,
    listener: Listener = silent,
    callbacks: Sequence[Callback] = (),
) -> Iterator[Engine]:
    """An engine on the caller's client, a scheduler, the active client, or a local cluster made for the occasion.

    Parameters
    ----------
    certificates
        A folder with ca.pem, cert.pem and key.pem, for a scheduler that wants them; where none is given, Dask's
        configuration counts.

    Raises
    ------
    ClusterError
        If there is nothing to run on.
    ParameterError
        If a callback is none.
    """
    resources = resources or Resources()
    starting, watch = "waiting for workers", Watch(callbacks)
    listener(Event("begin", starting))
    with connect(resources, client, scheduler, certificates) as connected, RunLogs() as logs:
        engine = Engine(connected, resources, listener)
        engine.watch, engine.logs = watch, logs
        # Without Bokeh there is a page that says so, and nothing to see.
        shown = importlib.util.find_spec("bokeh") is not None
        listener(Event("end", starting, text=connected.dashboard_link if shown else ""))
        yield engine


_ASIDE = ("counts", "marginals", "svd")


class Engine(Workers):
    """Makes outputs on workers, and keeps the promises of memory, resumption and progress."""

    logs: RunLogs | None = None
    """Where it is written down what became of each stage, if anywhere."""

    purpose = ""
    """What the count road is walked for, where its results are not meant themselves: those begun are set aside."""

    def reuse(self, output: Output) -> bool:
        """Whether an output is complete and every block of it is sound; damaged blocks are thrown away."""
        if not output.complete:
            return False
        blocks = output.record["blocks"]
        if len(self.sound(output, blocks)) < len(blocks):
            self.listener(Event("note", output.stage, text=f"{output.key}: damaged blocks found, making them anew"))
            output.reopen()
            return False
        self.listener(Event("reuse", output.stage, text=output.key))
        if self.logs is not None:
            self.logs.begin(output).add(output.stage, output.key, "reused")
        return True

    @contextmanager
    def produce(
        self,
        output: Output,
        *,
        parameters: Mapping[str, Any],
        inputs: Mapping[str, str],
        plan: Callable[[], Mapping[str, Any]] = dict,
    ) -> Iterator[Job]:
        """Be the run that makes ``output``: hold its lease, and go on with its plan if it was begun before.

        Raises
        ------
        WorkspaceBusyError
            If another run is making it.
        """
        with output.lease() as held, self._logged(output):
            self.weigh(output)
            # Said before anything is made, so that a run that means it, and comes to it meanwhile, can take that back.
            if self.purpose and output.stage in _ASIDE and output.plan is None:
                output.put_aside(self.purpose)
            yield Job(self, output, output.begin(output.plan or plan(), inputs), parameters, inputs, held)

    @contextmanager
    def _logged(self, output: Output) -> Iterator[None]:
        """Write down that a stage is begun, and in the end what became of it, unless nothing did."""
        if self.logs is None:
            yield
            return
        log, began, complete = self.logs.begin(output), time.perf_counter(), output.complete
        try:
            yield
        finally:
            if not complete:
                outcome = "made" if output.complete else "unfinished"
                log.add(output.stage, output.key, outcome, time.perf_counter() - began)
