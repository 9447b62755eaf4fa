"""A run whose workers are jobs of their own, submitted to Slurm one by one.

DSGNS_CERTIFICATES=/shared/certificates python deploy/slurm/jobqueue.py 16 train /shared/corpus -o /shared/w.dsgns
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from dask.distributed import Security
from dask_jobqueue import SLURMCluster

HERE = Path(__file__).resolve().parents[1]
CERTIFICATES = Path(os.environ["DSGNS_CERTIFICATES"]).resolve()


def security() -> Security:
    """The certificates of every role: the worker's go into the jobs."""
    files = {
        f"tls_{role}_{file}": str(CERTIFICATES / role / f"{file}.pem")
        for role in ("scheduler", "worker", "client")
        for file in ("cert", "key")
    }
    return Security(tls_ca_file=str(CERTIFICATES / "client" / "ca.pem"), require_encryption=True, **files)


def cluster() -> SLURMCluster:
    """A scheduler here, and no workers yet: each is a job."""
    return SLURMCluster(
        cores=1,
        processes=1,
        memory="4 GiB",
        walltime="04:00:00",
        protocol="tls://",
        security=security(),
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
        # Before a job's time is over its worker hands over what it holds.
        job_extra_directives=["--signal=TERM@180"],
        job_script_prologue=[f"export DSGNS_CERTIFICATES={CERTIFICATES}", f". {HERE}/environment.sh worker"],
        worker_extra_args=["--no-dashboard", "--memory-limit", "3584MiB", "--death-timeout", "300"],
        local_directory="$scratch",
    )


def main(workers: int, command: list[str]) -> int:
    """Run a dsgns command on so many jobs; its exit code."""
    with cluster() as started:
        started.scale(jobs=workers)
        options = ["--scheduler", started.scheduler_address, "--certificates", str(CERTIFICATES / "client")]
        run = subprocess.Popen([sys.executable, "-m", "dsgns", *command, *options])
        signal.signal(signal.SIGTERM, lambda *_: run.terminate())
        return run.wait()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
