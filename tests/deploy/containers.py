"""The command lines that the files for containers name, and what they need to be run outside of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"


class Line(NamedTuple):
    """A command line: where it is from, for which role, its words, and variables beside the image's."""

    file: str
    role: str
    words: tuple[str, ...]
    variables: Mapping[str, str]


def load(name: str) -> dict[str, Any]:
    """A YAML file of deploy/."""
    return yaml.safe_load((DEPLOY / name).read_text())


def pods() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The pods that the Kubernetes files describe: file, role, specification."""
    cluster = load("kubernetes/cluster.yaml")["spec"]
    for role in ("scheduler", "worker"):
        yield "kubernetes/cluster.yaml", role, cluster[role]["spec"]
    yield "kubernetes/job.yaml", "client", load("kubernetes/job.yaml")["spec"]["template"]["spec"]


def lines() -> list[Line]:
    """Every command line of a scheduler or worker."""
    services = load("compose.yaml")["services"]
    found = [Line("compose.yaml", role, tuple(services[role]["command"]), {}) for role in ("scheduler", "worker")]
    found += [Line(file, role, tuple(pod["containers"][0]["args"]), {}) for file, role, pod in pods()][:2]
    return [*found, *_of_helm(load("helm/values.yaml"))]


def _of_helm(values: dict[str, Any]) -> Iterator[Line]:
    """What the chart's templates make of the values."""
    scheduler, worker = values["scheduler"], values["worker"]
    variables = {
        entry["name"]: entry.get("value") or f"secret:{entry['valueFrom']['secretKeyRef']['key']}"
        for entry in scheduler["env"]
    }
    begun = ("dask-scheduler", "--port=8786", "--dashboard-address=:8787")
    yield Line("helm/values.yaml", "scheduler", (*begun, *scheduler["extraArgs"]), variables)
    begun = (worker["image"]["dask_worker"], worker["custom_scheduler_url"])
    threads = ("--nthreads", str(worker["threads_per_worker"]))
    limit = ("--memory-limit", worker["resources"]["limits"]["memory"], "--no-dashboard", "--dashboard-address", "8790")
    yield Line("helm/values.yaml", "worker", (*begun, *threads, *limit, *worker["extraArgs"]), {})
