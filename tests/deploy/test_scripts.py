"""The scripts for SSH and Slurm, with programs of this machine in the place of `ssh`, `srun` and `sbatch`."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from distributed.cli import dask_scheduler, dask_worker

from dsgns.store import Workspace
from tests.deploy.conftest import DEPLOY, write_tool
from tests.support.corpora import write_lines, zipf_lines
from tests.support.processes import running, wait_until

pytestmark = pytest.mark.cluster

Tools = tuple[dict[str, str], Path]


def free_port() -> str:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return str(asking.getsockname()[1])


def understood(words: list[str]) -> dict[str, Any]:
    """What Dask's command line makes of `scheduler` or `worker` with its words; it exits where it knows one not."""
    program = {"scheduler": dask_scheduler, "worker": dask_worker}[words[0]]
    return dict(program.main.make_context(words[0], words[1:]).params)


def test_what_is_sent_to_hosts_is_understood_there(tools: Tools) -> None:
    variables, folder = tools
    write_tool(folder, "ssh", 'shift; cat >>"$0.said"')
    environment = {**os.environ, **variables, "WORKERS": "2", "MEMORY": "1GiB"}
    script = str(DEPLOY / "ssh" / "cluster.sh")
    subprocess.run([script, "up", "one", "two"], env=environment, check=True, capture_output=True, timeout=60)
    said = (folder / "ssh.said").read_text()
    subprocess.run(["bash", "-n"], input=said, text=True, check=True, timeout=60)
    begun = [
        shlex.split(line.partition("dask ")[2].partition("<")[0]) for line in said.splitlines() if "setsid" in line
    ]
    scheduler, *workers = map(understood, begun)
    assert scheduler["dashboard_address"] == "127.0.0.1:8787"
    assert [worker["scheduler"] for worker in workers] == ["tls://one:8786"] * 2
    assert {(worker["nthreads"], worker["memory_limit"]) for worker in workers} == {(1, "1GiB")}
    assert [line.split("NUMBER=")[1][0] for line in said.splitlines() if "NUMBER=" in line] == ["0", "0", "1"]


@pytest.mark.long
def test_ssh(tools: Tools, corpus: str, tmp_path: Path) -> None:
    variables, folder = tools
    write_tool(folder, "ssh", 'echo "$1" >>"$0.hosts"; shift; exec "$@"')
    environment = {**os.environ, **variables, "PORT": free_port(), "DASHBOARD": "0", "MEMORY": "1GiB"}
    script = str(DEPLOY / "ssh" / "cluster.sh")
    try:
        up = subprocess.run(
            [script, "up", "127.0.0.1", "localhost"], env=environment, capture_output=True, text=True, timeout=120
        )
        assert up.returncode == 0, up.stderr
        command = up.stdout.replace("COMMAND", f"vocabulary {corpus} -o {tmp_path / 'w.dsgns'}").split()
        made = subprocess.run(
            [sys.executable, "-m", *command], env=environment, capture_output=True, text=True, timeout=200
        )
        assert made.returncode == 0, made.stderr
        processes = [int(file.read_text()) for file in (tmp_path / "scratch").glob("*.pid")]
    finally:
        subprocess.run([script, "down", "127.0.0.1", "localhost"], env=environment, check=True, timeout=120)
    assert Workspace.open(str(tmp_path / "w.dsgns")).latest("vocabulary").complete
    assert (folder / "ssh.hosts").read_text().split() == ["127.0.0.1", "localhost", "localhost", "127.0.0.1"]
    assert len(processes) == 2
    wait_until("both to end", lambda: not any(os.path.exists(f"/proc/{process}") for process in processes))


def test_a_slurm_job_whose_time_is_over_stops_where_it_can_go_on_and_is_queued_again(
    tools: Tools, tmp_path: Path
) -> None:
    variables, folder = tools
    start = 'for n in 0 1; do SLURM_PROCID=$n "$@" & echo $! >>$0.said; done'
    srun = f"shift; trap 'kill $(jobs -p)' TERM; {start}; wait; wait"
    write_tool(folder, "srun", srun)
    write_tool(folder, "scontrol", 'echo "$@" >>"$0.said"')
    text = write_lines(tmp_path / "corpus.txt", zipf_lines(100_000, types=3000))
    output = tmp_path / "w.dsgns"
    options = ["train", text, "-o", str(output), "--vector-size", "32", "--epochs", "100", "--min-count", "2"]
    log = tmp_path / "log"
    command = ["bash", str(DEPLOY / "slurm" / "train.sbatch"), *options]
    with running(command, log, {**variables, "SLURM_JOB_ID": "7"}) as job:
        wait_until("words to be counted", lambda: any(output.glob("vocabulary/*/plan.json")) or job.poll() is not None)
        os.kill(job.pid, signal.SIGTERM)
        assert job.wait(timeout=120) == 143, log.read_text()
    assert "Stopped. The same command goes on from here." in log.read_text()
    assert (folder / "scontrol.said").read_text() == "requeue 7\n"
    assert len(set((folder / "srun.said").read_text().split())) == 2, "each worker has a process of its own"
    assert not list(DEPLOY.parent.glob(".scheduler-7.json"))


@pytest.mark.parametrize(("number", "kernels"), [({"SLURM_PROCID": "5"}, "5"), ({"DSGNS_WORKER_NUMBER": "2"}, "2")])
def test_each_worker_keeps_kernels_of_its_own(tools: Tools, number: dict[str, str], kernels: str) -> None:
    variables, _ = tools
    del variables["NUMBA_CACHE_DIR"]
    told = subprocess.run(
        ["bash", "-euc", '. "$0" worker && echo $NUMBA_CACHE_DIR', str(DEPLOY / "environment.sh")],
        env={**variables, **number},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == f"{variables['DSGNS_SCRATCH']}/kernels-{kernels}"
    assert Path(told.stdout.strip()).is_dir()


def test_a_worker_that_is_a_slurm_job_is_understood(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, _ = tools
    monkeypatch.setenv("DSGNS_CERTIFICATES", variables["DSGNS_CERTIFICATES"])
    with runpy.run_path(str(DEPLOY / "slurm" / "jobqueue.py"))["cluster"]() as cluster:
        assert cluster.scheduler_address.startswith("tls://")
        script = cluster.job_script()
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=60)
    assert "#SBATCH --signal=TERM@180" in script
    assert f". {DEPLOY}/environment.sh worker" in script
    worker = understood(["worker", *shlex.split(re.split("dask[ _]worker ", script)[1])])
    key = f"{variables['DSGNS_CERTIFICATES']}/worker/key.pem"
    assert (worker["nthreads"], worker["memory_limit"], worker["tls_key"]) == (1, "3584MiB", key)


@pytest.mark.long
def test_workers_that_are_slurm_jobs_of_their_own(tools: Tools, corpus: str, tmp_path: Path) -> None:
    variables, folder = tools
    write_tool(folder, "sbatch", 'cp "$1" "$0.script"; bash "$1" >"$0.log" 2>&1 & echo "Submitted batch job $!"')
    write_tool(folder, "scancel", 'kill "$@"')
    output, log = tmp_path / "w.dsgns", tmp_path / "log"
    command = [sys.executable, str(DEPLOY / "slurm" / "jobqueue.py"), "1", "vocabulary", corpus, "-o", str(output)]
    with running(command, log, variables) as run:
        assert run.wait(timeout=200) == 0, log.read_text() + (folder / "sbatch.log").read_text()
    assert Workspace.open(str(output)).latest("vocabulary").complete
    script = (folder / "sbatch.script").read_text()
    assert "--protocol tls" in script or "tls://" in script
    assert "#SBATCH --signal=TERM@180" in script
    assert f"--tls-key {variables['DSGNS_CERTIFICATES']}/worker/key.pem" in script
