"""The command lines of containers, started with exactly the flags that the files name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from distributed import Client, Security

from dsgns.engine.deadline import known_workers
from dsgns.store import Workspace
from tests.deploy.containers import DEPLOY, Line, lines, load
from tests.support.processes import running, wait_until

pytestmark = pytest.mark.cluster


class Containers:
    """Stands in for an image: its configuration, with certificates and scratch folder where a test may write.

    Parameters
    ----------
    folder
        Of the test.
    certificates
        With a folder for each role, as it is mounted.
    """

    def __init__(self, folder: Path, certificates: Path) -> None:
        self.folder, self.certificates = folder, certificates

    def variables(self, role: str) -> dict[str, str]:
        """What a container of this role has in its environment."""
        config = self.folder / f"{role}.yaml"
        config.write_text((DEPLOY / "dask.yaml").read_text().replace("/certs/", f"{self.certificates / role}/"))
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        return {"DASK_CONFIG": str(config), "DASK_TEMPORARY_DIRECTORY": str(scratch), "PYTHONPATH": str(DEPLOY.parent)}

    def start(self, line: Line, address: str, stack: ExitStack) -> Path:
        """Start a command line, with ports and places of this machine; the file that its output goes to."""
        here = {"8786": "0", "--port=8786": "--port=0", ":8787": "127.0.0.1:0", "127.0.0.1:8787": "127.0.0.1:0"}
        here |= {"--dashboard-address=:8787": "--dashboard-address=127.0.0.1:0", "8790": "127.0.0.1:0"}
        here |= {"/scratch": str(self.folder / "scratch"), "$(DASK_WORKER_NAME)": "worker-7"}
        here |= {"${DSGNS_MEMORY:-2GiB}": "2GiB"}
        here |= dict.fromkeys(("tls://scheduler:8786", "tls://dsgns-scheduler:8786"), address)
        command = [here.get(word, word) for word in line.words]
        given = {name: self._value(line.role, value) for name, value in line.variables.items()}
        log = self.folder / f"{line.role}-{line.file.replace('/', '-')}.log"
        words = command[0].split("-") + command[1:]  # the image brings dask-scheduler and dask-worker
        program = Path(sys.executable).with_name(words[0])
        stack.enter_context(running([str(program), *words[1:]], log, {**self.variables(line.role), **given}))
        return log

    def _value(self, role: str, value: str) -> str:
        secret, _, key = value.partition("secret:")
        return (self.certificates / role / key).read_text() if key else secret


def once(role: str) -> list[Line]:
    """The command lines of a role, each once."""
    return list({line.words: line for line in lines() if line.role == role}.values())


def _address(log: Path) -> str:
    """Where a scheduler says it is."""
    said = [line.split()[-1] for line in log.read_text().splitlines() if "Scheduler at:" in line]
    return said[0] if said else ""


def connected(containers: Containers, address: str) -> Client:
    """A client with its role's certificates."""
    folder = containers.certificates / "client"
    files = {"tls_client_cert": str(folder / "cert.pem"), "tls_client_key": str(folder / "key.pem")}
    security = Security(tls_ca_file=str(folder / "ca.pem"), require_encryption=True, **files)
    return Client(address, security=security, timeout=60, set_as_default=False)


def test_they_make_clusters_that_dsgns_runs_on(corpus: str, certificates: Path, tmp_path: Path) -> None:
    containers = Containers(tmp_path, certificates)
    with ExitStack() as stack:
        logs = [containers.start(line, "", stack) for line in once("scheduler")]
        addresses = [wait_until("a scheduler", lambda log=log: _address(log)) for log in logs]
        assert [address[:6] for address in addresses] == ["tls://"] * 2
        with connected(containers, addresses[1]) as client:
            assert client.scheduler_info()["address"] == addresses[1]
        for worker in once("worker"):
            containers.start(worker, addresses[0], stack)
        with connected(containers, addresses[0]) as client:
            client.wait_for_workers(3, timeout=120)
            joined = known_workers(client).values()
            assert [worker["nthreads"] for worker in joined] == [1] * 3
            assert {worker["memory_limit"] for worker in joined} == {3584 << 20, 2 << 30}
        made = str(tmp_path / "w.dsgns")
        command = ["dsgns", "vocabulary", corpus, "--output", made, "--scheduler", addresses[0], "--json"]
        said = subprocess.run(
            [sys.executable, "-m", *command],
            env={**os.environ, **containers.variables("client")},
            capture_output=True,
            text=True,
            timeout=200,
        )
    assert said.returncode == 0, said.stderr
    assert Workspace.open(made).latest("vocabulary").key == json.loads(said.stdout)["key"]


def test_the_jobs_are_commands_that_dsgns_understands() -> None:
    from dsgns.cli.train import train

    compose = load("compose.yaml")["services"]["job"]["command"]
    kubernetes = load("kubernetes/job.yaml")["spec"]["template"]["spec"]["containers"][0]["args"]
    for program, name, *arguments in (compose, kubernetes):
        assert (program, name) == ("dsgns", "train")
        options = train.make_context("train", arguments).params
        assert options["scheduler"] in ("tls://scheduler:8786", "tls://dsgns-scheduler:8786")
