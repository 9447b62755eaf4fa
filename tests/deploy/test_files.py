"""The files for containers say what such files must, and hang together."""

from __future__ import annotations

import re
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from dsgns.engine.cluster import _LOCAL, HEAP
from tests.deploy.containers import DEPLOY, lines, load, pods

IMAGE = "dsgns:latest"
# Of the Compose specification, those in use.
SERVICE_KEYS = {"image", "build", "command", "user", "init", "read_only", "cap_drop", "security_opt", "tmpfs"}
SERVICE_KEYS |= {"stop_grace_period", "volumes", "ports", "restart", "depends_on", "profiles"}


def at(document: Any, path: str) -> Any:
    """What lies at a dotted path."""
    for part in path.split("."):
        document = document[int(part) if part.isdigit() else part]
    return document


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.yaml")), ids=lambda path: path.name)
def test_it_is_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


def test_services_have_known_keys_and_no_more_rights_than_they_need() -> None:
    services = load("compose.yaml")["services"]
    assert set(services) == {"scheduler", "worker", "job"}
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["user"].endswith("1000:1000}")
        role = "client" if name == "job" else name
        assert f"./certificates/{role}:/certs:ro" in service["volumes"]
    assert services["scheduler"]["ports"] == ["127.0.0.1:8787:8787"], "nothing but the dashboard, on this host alone"


@pytest.mark.parametrize(
    ("file", "kind", "version", "required"),
    [
        (
            "kubernetes/cluster.yaml",
            "DaskCluster",
            "kubernetes.dask.org/v1",
            [
                *("spec.worker.replicas", "spec.worker.spec.containers.0", "spec.scheduler.spec.containers.0"),
                *("spec.scheduler.service.type", "spec.scheduler.service.selector", "spec.scheduler.service.ports.0"),
            ],
        ),
        (
            "kubernetes/job.yaml",
            "Job",
            "batch/v1",
            ["spec.template.spec.containers.0", "spec.template.spec.restartPolicy", "spec.backoffLimit"],
        ),
    ],
)
def test_resources_are_of_their_kind(file: str, kind: str, version: str, required: list[str]) -> None:
    document = load(file)
    assert (document["kind"], document["apiVersion"]) == (kind, version)
    for path in ["metadata.name", *required]:
        assert at(document, path), path


@pytest.mark.parametrize(("role", "pod"), [(role, pod) for _, role, pod in pods()])
def test_pods_hang_together(role: str, pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert container["image"] == IMAGE
    assert pod["securityContext"]["runAsNonRoot"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert pod["terminationGracePeriodSeconds"] >= 60
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    assert volumes["certificates"]["secret"] == {"secretName": f"dsgns-{role}", "defaultMode": 0o440}
    assert container["resources"]["limits"]["memory"]


def test_the_service_leads_to_ports_that_there_are() -> None:
    scheduler = load("kubernetes/cluster.yaml")["spec"]["scheduler"]
    (container,) = scheduler["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert {port["targetPort"]: port["port"] for port in scheduler["service"]["ports"]} == ports
    assert container["readinessProbe"]["httpGet"]["scheme"] == "HTTPS"


def test_the_operator_is_kept_from_giving_workers_an_address_without_tls() -> None:
    worker = load("kubernetes/cluster.yaml")["spec"]["worker"]["spec"]["containers"][0]
    name = load("kubernetes/cluster.yaml")["metadata"]["name"]
    assert worker["env"] == [{"name": "DASK_SCHEDULER_ADDRESS", "value": f"tls://{name}-scheduler:8786"}]
    assert worker["args"][2] == f"tls://{name}-scheduler:8786"


def test_the_image_is_pinned_and_runs_as_nobody_in_particular() -> None:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    last = [words for instruction, words in steps[steps.index(["FROM", "python:3.11-slim-bookworm"]) :] if instruction]
    assert all(":" in words for instruction, words in steps if instruction == "FROM")
    assert "1000:1000" in last
    assert "/scratch" in last
    copied = {words.split()[0] for instruction, words in steps if instruction == "COPY" and "--from" not in words}
    ignored = (DEPLOY.parent / ".dockerignore").read_text().splitlines()
    for name in copied:
        assert (DEPLOY.parent / name).exists()
        assert f"!{name}" in ignored
    assert "exec dask %s" in text, "the chart calls dask-scheduler and dask-worker"
    variables = dict(pair.split("=", 1) for key, words in steps if key == "ENV" for pair in words.split())
    assert variables["NUMBA_CACHE_DIR"].startswith("/scratch/")


def test_dask_is_configured_as_workers_of_our_own_are() -> None:
    distributed = load("dask.yaml")["distributed"]
    assert distributed["comm"]["require-encryption"] is True
    assert distributed["comm"]["default-scheme"] == "tls"
    for share in ("target", "spill", "pause", "terminate"):
        assert distributed["worker"]["memory"][share] == _LOCAL[f"distributed.worker.memory.{share}"]
    assert distributed["nanny"]["pre-spawn-environ"] == HEAP


def test_workers_have_one_thread_and_a_limit_below_their_container_s() -> None:
    for line in lines():
        if line.role == "worker":
            words = line.words
            last = {words[i]: words[i + 1] for i in range(len(words) - 1) if words[i].startswith("--")}
            assert (last["--nthreads"], last["--nworkers"]) == ("1", "1"), line.file
            assert last["--memory-limit"] in ("3584MiB", "${DSGNS_MEMORY:-2GiB}"), line.file


def test_every_requirement_is_pinned_to_a_version() -> None:
    pinned = {
        line.partition("==")[0]: line.partition("==")[2]
        for line in (DEPLOY / "requirements.txt").read_text().splitlines()
        if not line.startswith("#")
    }
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]
    for given in [*project["dependencies"], *project["optional-dependencies"]["s3"], "dask-jobqueue", "bokeh"]:
        requirement = Requirement(given)
        assert requirement.specifier.contains(pinned[requirement.name]), given


def test_keys_can_be_read_by_their_owner_alone_and_the_authority_s_stays_where_it_is(certificates: Path) -> None:
    for key in certificates.rglob("key.pem"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    signed = [str(certificates / role / "cert.pem") for role in ("scheduler", "worker", "client")]
    check = ["openssl", "verify", "-x509_strict", "-CAfile", str(certificates / "client/ca.pem")]
    subprocess.run([*check, *signed], check=True, capture_output=True)
    said = subprocess.run(
        ["openssl", "x509", "-in", signed[0], "-noout", "-text"], check=True, capture_output=True, text=True
    ).stdout
    assert re.search(r"DNS:localhost, IP Address:127.0.0.1, DNS:scheduler, IP Address:10.0.0.1", said)
    keys = {(folder / "key.pem").read_text() for folder in certificates.iterdir()}
    assert len(keys) == 4
