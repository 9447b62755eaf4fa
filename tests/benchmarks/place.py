"""Where ways are gone: each in processes of its own, so that memory and CPU seconds are its own."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

from threadpoolctl import threadpool_limits

from tests.benchmarks.spent import Clock, Spent, watched
from tests.benchmarks.way import Command, Way


class Place(Protocol):
    """Somewhere a way can be gone."""

    def run(self) -> Spent:
        """Go it once."""

    def found(self) -> Any:
        """What the last run came to, for the check."""

    def close(self) -> None:
        """Let go of what is held."""


Open = Callable[[Way | Command], Place]


def apart(way: Way | Command) -> Place:
    """A place outside of this process."""
    return Outside(way) if isinstance(way, Command) else Apart(way)


def here(way: Way | Command) -> Place:
    """This very process, where starting another takes longer than what there is to do; its memory tells nothing."""
    return Outside(way) if isinstance(way, Command) else Here(way)


class Here:
    """This very process."""

    def __init__(self, way: Way) -> None:
        self.trial, self.value = way.make(*way.arguments), None

    def run(self) -> Spent:
        """Go it once."""
        self.value = None  # two results need not fit at once
        self.trial.before()
        clock = Clock()
        self.value = self.trial.run()
        return clock.read()

    def found(self) -> Any:
        """What the last run came to."""
        return self.trial.found(self.value)

    def close(self) -> None:
        """Close the trial."""
        self.trial.close()


class Apart:
    """A process that holds what a way begins from and goes it when told to; BLAS has one thread there."""

    def __init__(self, way: Way) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # Not a daemon: those may not have children, and workers are children.
        self._process = context.Process(target=_serve, args=(theirs, way), daemon=False)
        self._process.start()
        theirs.close()
        try:
            self._ask(None)
        except BaseException:
            self.close()
            raise

    def run(self) -> Spent:
        """Go it once."""
        with watched(self._process.pid, root=False) as below:
            spent = self._ask("run")
        return spent._replace(peak=spent.peak + below[0])

    def found(self) -> Any:
        """What the last run came to."""
        return self._ask("found")

    def close(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._pipe.send("end")
        self._pipe.close()
        self._process.join()

    def _ask(self, what: str | None) -> Any:
        if what is not None:
            self._pipe.send(what)
        try:
            error, value = self._pipe.recv()
        except EOFError:
            raise RuntimeError("a benchmark's process died, most likely for want of memory") from None
        if error is not None:
            raise error if isinstance(error, ModuleNotFoundError) else RuntimeError(value)
        return value


def _serve(pipe: Connection, way: Way) -> None:
    """Make a trial, then do what the other end asks until it has had enough."""
    place: Here | None = None

    def answer(asked: str) -> Any:
        nonlocal place
        if place is None:
            place = Here(way)
            return None
        return place.run() if asked == "run" else place.found()

    with threadpool_limits(1), suppress(EOFError):
        asked = "make"
        while asked != "end":
            try:
                pipe.send((None, answer(asked)))
            except Exception as error:
                known = error if isinstance(error, ModuleNotFoundError) else Exception()
                pipe.send((known, traceback.format_exc()))
            asked = pipe.recv()
    if place is not None:
        place.close()


class Outside:
    """A command's own processes."""

    def __init__(self, command: Command) -> None:
        self.command = command

    def run(self) -> Spent:
        """Run it once, and what it is to be compared with."""
        spent = self._run(self.command.line)
        return spent if self.command.idle is None else spent.less(self._run(self.command.idle))

    def found(self) -> Any:
        """What it left in its folder."""
        return self.command.found(self.command.folder)

    def close(self) -> None:
        """Nothing is held."""

    def _run(self, line: str) -> Spent:
        log = self.command.folder / "log"
        environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        with log.open("wb") as said:
            began = time.perf_counter()
            process = subprocess.Popen(
                line, shell=True, cwd=self.command.folder, env=environment, stderr=said, stdout=said
            )
            with watched(process.pid, root=True) as memory:
                _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{line} ended with {process.returncode}: {log.read_text(errors='replace')[-2000:]}")
        return Spent(used.ru_utime + used.ru_stime, wall, memory[0])
