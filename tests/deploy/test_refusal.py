"""Who has no certificates, or those of another authority, is refused by a scheduler, and told so."""

from __future__ import annotations

import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dask
import pytest

from dsgns.engine import open_engine
from dsgns.engine.cluster import _remote
from dsgns.errors import ClusterError, ParameterError
from dsgns.parameters import Resources
from tests.deploy.conftest import DEPLOY
from tests.support.processes import running, wait_until

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def scheduler(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A scheduler as `environment.sh` makes them: its address, and its dashboard's."""
    log: Path = tmp_path_factory.mktemp("scheduler") / "log"
    command = '. "$0"/environment.sh scheduler && exec dask scheduler --port 0 --dashboard-address 127.0.0.1:0'
    variables = {"DSGNS_CERTIFICATES": str(certificates), "DSGNS_SCRATCH": str(log.parent)}
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    with running(["bash", "-c", command, str(DEPLOY)], log, {**variables, "PATH": path}):

        def said(what: str) -> str:
            found = [line.split()[-1] for line in log.read_text().splitlines() if what in line]
            return found[0] if found else ""

        dashboard = wait_until("the scheduler", lambda: said("dashboard at:"))  # told last
        yield said("Scheduler at:"), dashboard


def refused(address: str, certificates: Path | None) -> str:
    with pytest.raises(ClusterError) as caught:
        with open_engine(scheduler=address, certificates=None if certificates is None else str(certificates)):
            pass
    return str(caught.value)


def test_a_client_without_certificates_is_refused(scheduler: tuple[str, str]) -> None:
    assert "give --certificates FOLDER" in refused(scheduler[0], None)
    assert "No Dask scheduler answered" in refused(scheduler[0].replace("tls://", "tcp://"), None)


def test_a_client_that_another_authority_vouches_for_is_refused(scheduler: tuple[str, str], tmp_path: Path) -> None:
    subprocess.run([DEPLOY / "certificates.sh", tmp_path / "others"], check=True, capture_output=True, timeout=60)
    assert "refuses those that its own authority did not sign" in refused(scheduler[0], tmp_path / "others" / "client")


def test_a_folder_without_certificates_is_refused_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"certificates is .*ca\.pem"):
        with open_engine(scheduler="tls://127.0.0.1:9", certificates=str(tmp_path)):
            pass


def test_the_dashboard_is_served_with_the_scheduler_s_certificate(
    scheduler: tuple[str, str], certificates: Path
) -> None:
    port = scheduler[1].partition("https://")[2].partition(":")[2].partition("/")[0]
    health = f"https://127.0.0.1:{port}/health"  # where it listens; Dask prints another address
    trusting = ssl.create_default_context(cafile=str(certificates / "client" / "ca.pem"))
    with urllib.request.urlopen(health, context=trusting, timeout=30) as answer:
        assert answer.read() == b"ok"
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(health, timeout=30)


def test_a_folder_of_rubbish_is_refused(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("rubbish")
    assert "cannot be read" in refused("tls://127.0.0.1:9", tmp_path)


def test_an_address_without_a_scheme_is_of_tls_where_there_are_certificates(
    scheduler: tuple[str, str], certificates: Path
) -> None:
    address = scheduler[0].removeprefix("tls://")
    with closing(_remote(address, str(certificates / "client"))) as client:
        assert client.scheduler.address == scheduler[0]


def test_a_client_s_configuration_does_not_keep_local_workers_from_starting(certificates: Path) -> None:
    own = {name: str(certificates / "client" / f"{name}.pem") for name in ("cert", "key")}
    configured = {
        "distributed.comm.default-scheme": "tls",
        "distributed.comm.require-encryption": True,
        "distributed.comm.tls.ca-file": str(certificates / "client" / "ca.pem"),
        **{f"distributed.comm.tls.client.{name}": file for name, file in own.items()},
        **{f"distributed.scheduler.dashboard.tls.{name}": file for name, file in own.items()},
    }
    with (
        dask.config.set(configured),
        open_engine(Resources(workers=1, memory_limit=1 << 30)) as engine,
    ):
        assert engine.client.submit(sum, [1, 2]).result(timeout=30) == 3
