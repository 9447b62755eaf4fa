"""The same bytes for any number of workers, shard size and memory limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsgns import pipeline
from dsgns.engine import open_engine
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.store.workspace import STAGES
from tests.support.corpora import write_lines, zipf_lines

pytestmark = pytest.mark.cluster

MIB = 2**20
SETTINGS = {
    "one worker, one shard": Resources(workers=1, memory_limit=2048 * MIB, shard_size=64 * MIB),
    "two workers, small shards": Resources(workers=2, memory_limit=2048 * MIB, shard_size=64 * 1024),
    "two workers, little memory": Resources(workers=2, memory_limit=480 * MIB, shard_size=200_001),
}
OPTIONS = {"vector_size": 24, "min_count": 2, "epochs": 2, "negative": 3, "held_out": 0.05, "power_iterations": 2}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> str:
    return write_lines(tmp_path_factory.mktemp("corpus") / "corpus.txt", zipf_lines(150_000, types=3000))


def run(corpus: str, output: Path, resources: Resources, **options) -> dict[str, dict[str, str]]:
    workspace = Workspace.create(str(output))
    parameters = TrainParameters.from_options(**OPTIONS, **options)
    with open_engine(resources) as engine:
        tokens = pipeline.encode(engine, workspace, [corpus], parameters)
        pipeline.walk_ppmi(engine, workspace, tokens, parameters)
        pipeline.walk(engine, workspace, [corpus], parameters)
        engine_rounds = parameters.updated(replicas=4)
        pipeline.walk_sgns(engine, workspace, tokens, engine_rounds)
    return {
        f"{stage}/{key}": digests(workspace.output(stage, key)) for stage in STAGES for key in workspace.keys(stage)
    }


@pytest.fixture(scope="module")
def reference(corpus, tmp_path_factory) -> dict[str, dict[str, str]]:
    return run(corpus, tmp_path_factory.mktemp("one") / "w", next(iter(SETTINGS.values())))


@pytest.mark.parametrize("setting", list(SETTINGS)[1:])
def test_the_same_bytes_wherever_it_runs(corpus, reference, tmp_path, setting):
    found = run(corpus, tmp_path / "w", SETTINGS[setting])
    assert found == reference
    stages = {name.split("/")[0] for name, hashes in found.items() if hashes}
    assert stages == {"vocabulary", "tokens", "counts", "ppmi", "svd", "sgns"}
    assert sum(name.startswith("sgns/") for name in found) == 2
