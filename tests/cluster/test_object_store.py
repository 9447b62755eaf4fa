"""Text and workspace in an object store: the bytes of a local run, whatever the store does to requests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from dsgns import open_workspace, pipeline
from dsgns.cli import main
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.sources import find_sources
from dsgns.engine import Engine, open_engine
from dsgns.errors import WorkspaceError
from dsgns.pipeline import TrainParameters
from dsgns.status import status
from dsgns.store import Output, Workspace, patience
from dsgns.store.digest import digests
from dsgns.store.files import Files
from tests.support.corpora import zipf_lines
from tests.support.s3 import BUCKET, Proxy, delete, object_store, put, use

pytestmark = pytest.mark.cluster

PARAMETERS = TrainParameters.from_options(vector_size=16, min_count=2, window=3, epochs=1, power_iterations=1)
TEXT = ("\n".join(zipf_lines(8_000, types=200)) + "\n").encode()


@pytest.fixture(scope="module")
def store(engine: Engine) -> Iterator[Proxy]:
    with object_store() as proxy:
        engine.client.run(use, proxy.url)
        yield proxy


@pytest.fixture(scope="module")
def there(engine: Engine, store: Proxy) -> Iterator[Engine]:
    """The shared workers in a run of its own, which writes down its end while the store is there."""
    with open_engine(client=engine.client) as there:
        yield there


@pytest.fixture
def troubled(store: Proxy) -> Iterator[Proxy]:
    store.troubled.clear()
    yield store
    store.trouble = lambda method, path: None


def train(engine: Engine, text: str, output: str) -> dict[str, dict[str, str]]:
    """Both roads, with counts spilled; what each result says."""
    workspace = Workspace.create(output)
    tokens = pipeline.encode(engine, workspace, [text], PARAMETERS)
    counts = count_cooccurrences(engine, workspace, tokens, PARAMETERS.counts, spill=True)
    made = [tokens, counts, *pipeline.walk(engine, workspace, [text], PARAMETERS).values()]
    return {result.stage: digests(result) for result in made}


@pytest.fixture(scope="module")
def local(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder: Path = tmp_path_factory.mktemp("local")
    (folder / "corpus.txt").write_bytes(TEXT)
    return train(engine, str(folder / "corpus.txt"), str(folder / "w.dsgns"))


@pytest.fixture(scope="module")
def remote(there: Engine, store: Proxy) -> tuple[str, dict[str, dict[str, str]]]:
    url = f"s3://{BUCKET}/w.dsgns"
    return url, train(there, put("text/corpus.txt", TEXT), url)


def test_both_roads_say_what_they_say_on_a_disk(local, remote) -> None:
    assert remote[1] == local
    assert set(local) == {"tokens", "counts", "svd", "sgns"}


def test_its_results_are_read_there(remote, tmp_path: Path) -> None:
    url = remote[0]
    assert {stage["state"] for stage in status(Workspace.open(url))["stages"]} == {"complete"}
    word = open_workspace(url).vectors("svd").index_to_key[0]
    told = CliRunner().invoke(main, ["similar", url, word, "--topn", "2"])
    assert told.exit_code == 0, told.output
    exported = CliRunner().invoke(main, ["export", url, str(tmp_path / "v.txt"), "--vectors", "sgns"])
    assert exported.exit_code == 0, exported.output
    assert len((tmp_path / "v.txt").read_text().splitlines()) > 50


def test_a_manifest_is_put_when_all_data_of_its_block_are(remote, store: Proxy) -> None:
    put_at: dict[str, int] = {}
    for at, request in enumerate(store.answered):
        if request.method in ("PUT", "POST") and "?delete" not in request.path:
            put_at[unquote(request.path.partition("?")[0])] = at
    manifests = {path: at for path, at in put_at.items() if path.endswith(".manifest.json")}
    for path, at in manifests.items():
        block = path.removesuffix(".manifest.json")
        data = [when for other, when in put_at.items() if other.startswith((f"{block}/", f"{block}.bin"))]
        assert data, path
        assert max(data) < at, path
    assert len(manifests) > 10
    assert not [request for request in store.answered if "x-amz-copy-source" in request.headers], "nothing is renamed"


def test_requests_that_are_refused_and_lost_are_made_again(there: Engine, troubled: Proxy, local) -> None:
    chance = random.Random(1)

    def trouble(method: str, path: str) -> str | None:
        return chance.choice(("throttled", "server error", "reset")) if chance.random() < 0.04 else None

    text = put("text/troubled.txt", TEXT)
    troubled.trouble = trouble
    workspace = Workspace.create(f"s3://{BUCKET}/troubled.dsgns")
    tokens = pipeline.encode(there, workspace, [text], PARAMETERS)
    assert digests(tokens) == local["tokens"]
    assert set(troubled.troubled) == {"throttled", "server error", "reset"}


@pytest.mark.parametrize("kind", ["throttled", "server error", "reset"])
def test_a_store_that_stays_away_is_an_error_in_the_end(
    troubled: Proxy, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.5)
    output = Workspace.create(f"s3://{BUCKET}/away.dsgns").output("counts", "a-1")
    troubled.trouble = lambda method, path: kind
    with pytest.raises(
        WorkspaceError, match=r"s3://bucket/away\.dsgns did not answer \d+ times .* run the same command"
    ):
        output.begin({"n": 1})


def test_of_two_clients_at_once_one_begins(store: Proxy) -> None:
    places = [Files(f"s3://{BUCKET}/two") for _ in range(2)]
    for turn in range(3):
        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(lambda files: files.create(f"lease-{turn}.json", b"{}"), places))  # noqa: B023
        assert sorted(made) == [False, True]
    put = [request for request in store.answered if "two/lease" in request.path and request.method == "PUT"]
    assert len(put) >= 3
    assert {request.headers.get("If-None-Match") for request in put} == {"*"}


def test_what_another_client_puts_and_deletes_is_seen_at_once(store: Proxy) -> None:
    output: Output = Workspace.create(f"s3://{BUCKET}/shared.dsgns").output("counts", "a-1")
    assert output.manifests() == {}
    assert output.files.list("counts") == []
    manifest = put(
        "shared.dsgns/counts/a-1/rows/00000.manifest.json", b'{"name": "rows/00000", "facts": {}, "arrays": {}}'
    )
    assert list(output.manifests()) == ["rows/00000"]
    assert output.files.list("counts/a-1/rows") == ["00000.manifest.json"]
    delete(manifest.removeprefix(f"s3://{BUCKET}/"))
    assert output.manifests() == {}
    assert output.manifest("rows/00000") is None


def test_text_that_has_become_another_is_seen_at_once(store: Proxy) -> None:
    url = put("again/corpus.txt", b"some text\n")
    (before,) = find_sources([f"s3://{BUCKET}/again"])
    assert put("again/corpus.txt", b"other text\n") == url
    (after,) = find_sources([f"s3://{BUCKET}/again"])
    assert (before.url, before.size, after.size) == (url, 10, 11)
    assert before.fingerprint != after.fingerprint
