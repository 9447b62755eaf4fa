"""The stage as a whole: right, resumable, clean."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dsgns import progress
from dsgns.cooccurrence import panels, plan, stage_reduce
from dsgns.cooccurrence.memory import projected_reduce_bytes, projected_spill_bytes
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.cooccurrence.weights import window_weights
from dsgns.errors import CorruptBlockError, MemoryPromiseError, ParameterError
from dsgns.parameters import CountsParameters
from dsgns.store import Output, Workspace
from tests.support.serial import SerialEngine
from tests.unit.cooccurrence.blocks import as_dict, whole_matrix
from tests.unit.cooccurrence.corpora import loop_counts, scipy_counts, write_tokens

ROOMY = 1 << 30


def zipf_documents(tokens: int, vocabulary_size: int, length: int, seed: int = 0) -> list[np.ndarray]:
    """Documents of about ``length`` tokens, ids by falling frequency."""
    rng = np.random.default_rng(seed)
    shares = 1.0 / (np.arange(vocabulary_size) + 2.7)
    ids = rng.choice(vocabulary_size, size=tokens, p=shares / shares.sum()).astype(np.int32)
    return np.split(ids, np.sort(rng.integers(0, tokens, tokens // length)))


def modification_times(output: Output) -> dict[str, int]:
    """When each file of an output was last written."""
    root = Path(output.url) / output.stage / output.key
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


@pytest.fixture(params=["panels", "spills"])
def way(request, monkeypatch) -> str:
    """Either way to count, whatever pays."""
    monkeypatch.setattr(panels, "MOST_PANELS", 10 if request.param == "panels" else 0)
    return request.param


@pytest.mark.parametrize(("weighting", "window"), [("harmonic", 10), ("flat", 2)])
def test_a_million_tokens_equal_scipy_and_are_symmetric(workspace, monkeypatch, way, weighting, window):
    monkeypatch.setattr(plan, "BLOCK_NONZEROS", 1 << 19)
    vocabulary_size = 20_000
    documents = zipf_documents(1_000_000, vocabulary_size, length=400)
    tokens = write_tokens(workspace, documents, vocabulary_size)
    parameters = CountsParameters(window, weighting)
    engine = SerialEngine(ROOMY)
    engine.workers = 3
    output = count_cooccurrences(engine, workspace, tokens, parameters)
    step = "counts: count" if way == "panels" else "counts: spill"
    assert output.record["figures"][step]["blocks"] == 3
    assert len(output.manifests("rows")) > 2
    counts, weights = whole_matrix(output), window_weights(parameters)
    expected = scipy_counts(documents, weights, vocabulary_size)
    assert (counts != expected).nnz == 0
    assert (counts != counts.T).nnz == 0
    facts = output.facts
    assert facts["nonzeros"] == expected.nnz
    assert facts["total"] == int(expected.sum())
    assert facts["scale"] == weights.scale
    assert facts["grid"][-1] == facts["vocabulary_size"] == vocabulary_size


def test_cells_beyond_32_bits_are_exact(workspace, way):
    # One word over and over: with lcm(1..15) / d its one cell passes 2^32 after 1796 occurrences.
    documents = [[0] * 3000, [1, 2] * 40]
    tokens = write_tokens(workspace, documents, 3)
    parameters = CountsParameters(15, "harmonic")
    output = count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, parameters)
    expected = loop_counts(documents, window_weights(parameters))
    assert expected[0, 0] > 2**32
    assert as_dict(whole_matrix(output)) == expected


def test_weights_that_would_overflow_are_refused_before_anything_is_written(workspace):
    tokens = write_tokens(workspace, [[0] * 500], 1)
    with pytest.raises(ParameterError, match="window is 40"):
        count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(40, "harmonic"))
    assert workspace.keys("counts") == []


def test_weights_beyond_32_bits_are_exact(workspace, way):
    documents = [[0, 1, 0, 2] * 3, [3]]
    tokens = write_tokens(workspace, documents, 4)
    parameters = CountsParameters(30, "harmonic")
    output = count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, parameters)
    assert as_dict(whole_matrix(output)) == loop_counts(documents, window_weights(parameters))


@pytest.fixture
def counted(workspace, monkeypatch, way) -> tuple[Workspace, Output, Output]:
    """A workspace, its tokens, and finished counts in several blocks."""
    monkeypatch.setattr(plan, "BLOCK_NONZEROS", 3000)
    tokens = write_tokens(workspace, zipf_documents(5000, 300, length=50), 300)
    return (
        workspace,
        tokens,
        count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(5, "dynamic")),
    )


def test_a_finished_output_is_reused_and_holds_no_spills(counted):
    workspace, tokens, output = counted
    before = modification_times(output)
    assert len(output.record["blocks"]) > 2
    assert not any(name.startswith(("spill", "panel")) for name in before)
    again = count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(5, "dynamic"))
    assert modification_times(again) == before


def test_a_damaged_row_block_is_made_anew_and_the_others_are_left_alone(counted):
    workspace, tokens, output = counted
    counts, before = whole_matrix(output), modification_times(output)
    chunk = next((Path(output.url) / "counts" / output.key / "rows/00001/data").rglob("c/0"))
    data = chunk.read_bytes()
    chunk.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(5, "dynamic"))
    assert (whole_matrix(output) != counts).nnz == 0
    after = modification_times(output)
    assert before.keys() == after.keys()
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {name for name in before if name.startswith("rows/00001")} | {"record.json", "figures.json"}


def test_an_interrupted_run_goes_on_with_its_plan(counted, monkeypatch):
    workspace, tokens, output = counted
    counts, before = whole_matrix(output), modification_times(output)
    output.reopen()
    output.remove("rows/00002")
    monkeypatch.setattr(plan, "BLOCK_NONZEROS", 1 << 30)
    count_cooccurrences(SerialEngine(200 << 20), workspace, tokens, CountsParameters(5, "dynamic"))
    assert (whole_matrix(output) != counts).nnz == 0
    after = modification_times(output)
    kept = {name for name in before if name.startswith(("rows/00000", "rows/00001", "plan"))}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize("last", ["panel", "row"])
def test_the_figures_of_a_run_stopped_when_all_is_counted_are_kept(counted, way, last):
    workspace, tokens, output = counted
    parameters, step = CountsParameters(5, "flat"), "counts: count" if way == "panels" else "counts: merge"
    parts = []

    class Stopped(SerialEngine):
        """Comes to no end of a step that makes rows; of its last panel, where asked, all but the end."""

        def run(self, label, function, items, lost=None):
            with progress.reporting(lambda units: None, lambda part: parts.append(part) or part):
                made = dict(super().run(label, function, items, lost))
            yield from made.items()
            if label == step:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_cooccurrences(Stopped(ROOMY), workspace, tokens, parameters)
    begun = workspace.output("counts", next(key for key in workspace.keys("counts") if key != output.key))
    if last == "row":
        begun.remove("panel")
    assert step not in begun.figures
    finished = count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, parameters)
    rows = list(finished.manifests("rows"))
    assert finished.record["figures"][step]["blocks"] == (1 if (way, last) == ("panels", "panel") else len(rows))
    assert [part.name for part in parts if part.name in rows] == rows


def test_lost_tokens_are_noticed(workspace, way):
    tokens = write_tokens(workspace, [[0, 1, 2]], 3)
    record = tokens.record
    tokens.finish({**record, "facts": {**record["facts"], "tokens": 4}})
    workspace.output("vocabulary", "v").write("words", {"counts": np.array([2, 1, 1])})
    with pytest.raises(CorruptBlockError, match=r"3 tokens were counted|4 times are 3 times in the tokens"):
        count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(2))


def test_a_plan_that_does_not_fit_is_refused_with_a_limit_that_would(workspace):
    tokens = write_tokens(workspace, [[0, 1, 2]], 3)
    with pytest.raises(MemoryPromiseError, match="Give --memory-limit"):
        count_cooccurrences(SerialEngine(10 << 20), workspace, tokens, CountsParameters(2))


def test_a_merge_that_would_not_fit_is_refused_before_anything_is_spilled(workspace, monkeypatch):
    tokens = write_tokens(workspace, [[0, 1, 2]], 3)
    monkeypatch.setattr(panels, "MOST_PANELS", 0)
    monkeypatch.setattr(stage_reduce, "projected_reduce_bytes", lambda *sizes: ROOMY + 1)
    with pytest.raises(MemoryPromiseError, match="counts: merge"):
        count_cooccurrences(SerialEngine(ROOMY), workspace, tokens, CountsParameters(2))
    (key,) = workspace.keys("counts")
    assert workspace.output("counts", key).manifests() == {}


def test_workers_that_hold_more_once_the_stage_begins_still_have_room(workspace, monkeypatch):
    tokens = write_tokens(workspace, zipf_documents(260_000, 50, length=100), 50)
    monkeypatch.setattr(panels, "MOST_PANELS", 0)
    engine = SerialEngine(max(projected_spill_bytes(50, 80_000), projected_reduce_bytes(50, 5000, 8, 1 << 20)))

    def weigh(output: Output) -> None:
        engine.allowed_bytes -= 1 << 12

    monkeypatch.setattr(engine, "weigh", weigh)
    assert count_cooccurrences(engine, workspace, tokens, CountsParameters(2)).facts["total"] > 0


def test_anndata_opens_a_row_block(counted):
    anndata = pytest.importorskip("anndata")
    zarr = pytest.importorskip("zarr")
    _, _, output = counted
    start, stop = output.facts["grid"][1:3]
    group = zarr.open_group(f"{output.url}/counts/{output.key}/rows/00001", mode="r")
    opened = anndata.io.read_elem(group)
    assert opened.shape == (stop - start, 300)
    assert (opened != whole_matrix(output)[start:stop]).nnz == 0


PLAIN = """
import sys
from dsgns import progress
from dsgns.cooccurrence import panels
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.intrinsics import PLAIN
from dsgns.parameters import CountsParameters
from dsgns.store import Workspace
from tests.support.serial import SerialEngine

assert PLAIN
workspace = Workspace.open(sys.argv[1])
tokens = workspace.output("tokens", "t")
panels.MOST_PANELS = int(sys.argv[2])
count_cooccurrences(SerialEngine(1 << 30), workspace, tokens, CountsParameters(5, "dynamic"))
"""


def test_the_plain_lanes_give_the_same_bytes(counted):
    workspace, _, output = counted
    known = {name: manifest.arrays for name, manifest in output.manifests("rows").items()}
    output.reopen()
    for name in known:
        output.remove(name)
    root = Path(__file__).parents[3]
    environment = {**os.environ, "DSGNS_LANES": "plain", "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", PLAIN, workspace.url, str(panels.MOST_PANELS)]
    subprocess.run(command, check=True, env=environment, cwd=root, timeout=120)
    assert {name: manifest.arrays for name, manifest in output.manifests("rows").items()} == known
