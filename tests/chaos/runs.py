"""Runs with faults in them, compared with an undisturbed one."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from dsgns.engine import Engine
from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.store.workspace import STAGES
from tests.chaos.cluster import Cluster
from tests.chaos.faults import FAULTS, PHASES, catch
from tests.chaos.job import walk
from tests.support.processes import running, wait_until

DEADLINE = 900
_GIVEN_UP = re.compile(r"^ClusterError: .*run the same command again", re.MULTILINE)


class Injected(NamedTuple):
    """A fault that hit: what, when, how many processes it killed, and the seconds until the run went on."""

    fault: str
    phase: str
    kills: int
    recovered: float


class Chaos:
    """Runs a job again and again on one cluster while things happen to it.

    Parameters
    ----------
    cluster
        To break.
    text
        The corpus.
    folder
        For workspaces and logs.
    engine
        Of other workers, for the undisturbed run.
    """

    def __init__(self, cluster: Cluster, text: str, folder: Path, engine: Engine) -> None:
        self._cluster, self._text, self._folder = cluster, text, folder
        self._clients = 0
        walk(engine, text, str(folder / "undisturbed"))
        self.undisturbed = hashes(folder / "undisturbed")

    @contextmanager
    def client(self, output: Path) -> Iterator[subprocess.Popen[bytes]]:
        """The job, in a process of its own."""
        command = [sys.executable, "-m", "tests.chaos.job", self._text, str(output), self._cluster.address]
        environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
        self._clients += 1
        with running(command, self._log, environment) as process:
            yield process

    @property
    def _log(self) -> Path:
        return self._folder / f"client-{self._clients}.log"

    def said(self) -> str:
        """The end of what the last client said."""
        return self._log.read_text()[-3000:]

    def run(self, name: str, faults: Sequence[tuple[str, str]]) -> list[Injected]:
        """One workspace from beginning to end, with faults in phases, in the order of the pipeline; those that hit.

        Values must be those of the undisturbed run, and files of blocks that were finished before a fault unchanged.
        """
        output = self._folder / name
        disturbed = _Disturbed(self._cluster, output, list(faults))
        while True:
            with self.client(output) as client:
                code = disturbed.go_on(client)
            if code == 0:
                break
            assert disturbed.ended, f"{name}: {self.said()}"
            # A client that was not killed itself has to say what it gave up, and that the same command goes on.
            assert code == -signal.SIGKILL or _GIVEN_UP.search(self.said()), f"{name}: {self.said()}"
        disturbed.require_untouched()
        assert hashes(output) == self.undisturbed, f"{name}: other values after {faults}"
        shutil.rmtree(output)
        return disturbed.injected


class _Disturbed:
    """A run on its way to the end, over as many clients as it takes."""

    def __init__(self, cluster: Cluster, output: Path, due: list[tuple[str, str]]) -> None:
        self._cluster, self._output, self._due = cluster, output, due
        self._kept: dict[str, int] = {}
        self._busy: set[str] = set()
        self._open: tuple[str, str, int, float] | None = None
        self.injected: list[Injected] = []

    @property
    def ended(self) -> bool:
        """Whether it was a fault that ended the last client."""
        return self._open is not None

    def go_on(self, client: subprocess.Popen[bytes]) -> int:
        """Disturb a client until nothing is left to disturb it with, or it is over; its exit code."""
        self._recover(client)
        # A phase may be over by the time that the cluster is whole again.
        while self._due and (moment := catch(self._cluster, [phase for _, phase in self._due], client)) is not None:
            fault, phase = self._draw(moment.phase)
            self.require_untouched()
            self._kept = finished_files(self._output)
            self._busy = {key for keys in self._cluster.processing().values() for key in keys}
            began = time.monotonic()
            self._open = fault, phase, FAULTS[fault](self._cluster, moment, client), began
            if client.poll() is None:
                self._recover(client)
            if client.poll() not in (None, 0):
                break
        return client.wait(timeout=DEADLINE)

    def _draw(self, phase: str) -> tuple[str, str]:
        """The first fault that is due in a phase; what was due in steps before it no longer is."""
        place = [due for _, due in self._due].index(phase)
        missed = [due for due in self._due[:place] if PHASES[due[1]].prefix != PHASES[phase].prefix]
        drawn = self._due.pop(place)
        self._due = [due for due in self._due if due not in missed]
        return drawn

    def require_untouched(self) -> None:
        """Compare the files of blocks that were finished before the last fault with what they are now."""
        now = finished_files(self._output)
        touched = [name for name, written in self._kept.items() if name in now and now[name] != written]
        assert not touched, f"finished blocks were written again: {touched}"

    def _recover(self, client: subprocess.Popen[bytes]) -> None:
        """Wait until the run goes on after the last fault."""
        if self._open is None:
            return
        wait_until("the run to go on", lambda: client.poll() is not None or self._goes_on(), 400)
        if client.poll() in (None, 0):
            *fault, began = self._open
            self.injected.append(Injected(*fault, time.monotonic() - began))
            self._open = None
            self._cluster.complete()

    def _goes_on(self) -> bool:
        """Whether a block was finished since the last fault, or a task begun that nobody had been sent."""
        begun = any(key not in self._busy for _, key in self._cluster.at_work())
        return begun or not finished_files(self._output).keys() <= self._kept.keys()


def hashes(output: Path) -> dict[str, dict[str, str]]:
    """The digests of all that a workspace holds."""
    workspace = Workspace.open(str(output))
    return {
        f"{stage}/{key}": digests(workspace.output(stage, key)) for stage in STAGES for key in workspace.keys(stage)
    }


def finished_files(output: Path) -> dict[str, int]:
    """Modification times of the data of finished blocks; a ledger is one once the block beside it is."""
    times = {}
    for manifest in output.rglob("*.manifest.json"):
        if manifest.parent.name == "ledger" and len(list(manifest.parents[1].glob(f"*/{manifest.name}"))) == 1:
            continue
        block = manifest.with_name(manifest.name.removesuffix(".manifest.json"))
        for path in [*block.rglob("*"), block.with_name(block.name + ".bin")]:
            with suppress(FileNotFoundError):  # steps delete what they no longer need
                if path.is_file():
                    times[str(path.relative_to(output))] = path.stat().st_mtime_ns
    return times
