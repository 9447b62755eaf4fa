from __future__ import annotations

import os
import re
import signal
from dataclasses import replace

import numpy as np
import pytest

from dsgns.engine import Engine, Event, open_engine
from dsgns.errors import DivergedError, MemoryPromiseError
from dsgns.parameters import Resources, SGNSParameters
from dsgns.sgns import schedule, stage_rounds, task
from dsgns.sgns.grid import row_grid
from dsgns.sgns.plan import projected_round
from dsgns.sgns.schedule import Span
from dsgns.sgns.stage import sgns_key, train
from dsgns.sgns.training import Training, train_array
from tests.support.serial import SerialEngine
from tests.support.tokens import write_tokens
from tests.unit.sgns.conftest import topical

PARAMETERS = SGNSParameters(vector_size=20, window=3, negative=3, sample=0.0, epochs=3, alpha=0.05)
ROUNDS = replace(PARAMETERS, replicas=3, round_tokens=2500)


def interrupt_after(monkeypatch, calls: int) -> None:
    """Fail in the middle of the training that comes after so many calls."""
    whole, left = Training.train, [calls]

    def failing(self, model, span):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return whole(self, model, span)

    monkeypatch.setattr(Training, "train", failing)


def count_spans(monkeypatch) -> list[Span]:
    """A list that every span goes to that is trained from now on."""
    trained: list[Span] = []
    whole = Training.train

    def counted(self, model, span):
        trained.append(span)
        return whole(self, model, span)

    monkeypatch.setattr(Training, "train", counted)
    return trained


def test_one_replica_comes_to_what_training_over_the_array_does(serial, workspace, tokens, vectors_of, short_intervals):
    output = train(serial, workspace, tokens, PARAMETERS)
    ids = topical(20_000)
    expected = train_array(ids, np.bincount(ids[ids >= 0], minlength=120), PARAMETERS)
    found = vectors_of(output)
    np.testing.assert_array_equal(found["input"], expected.model.inputs[:, :20])
    np.testing.assert_array_equal(found["output"], expected.model.outputs[:, :20])
    facts = output.facts
    assert facts["loss"] == expected.loss
    assert (facts["pairs"], facts["subsampled"]) == expected.trained
    assert len(facts["held_out_loss"]) == 3
    assert facts["held_out_loss"][2] < facts["held_out_loss"][0]
    assert (facts["tokens"], facts["vocabulary"]) == ("t-00000000", "v-00000000")


def test_blocks_are_row_ranges_and_checkpoints_are_gone(serial, workspace, tokens):
    output = train(serial, workspace, tokens, ROUNDS)
    manifests = output.manifests()
    assert list(manifests) == [f"{matrix}/{k:05d}" for matrix in ("input", "output") for k in range(2)]
    ranges = [(block.facts["start"], block.facts["stop"]) for block in manifests.values()]
    assert ranges == 2 * [(0, 60), (60, 120)]
    assert all(block.arrays["rows"]["shape"] == [60, 20] for block in manifests.values())
    assert output.files.list(f"sgns/{output.key}/checkpoint") == []


@pytest.mark.parametrize(
    ("parameters", "calls", "saved"), [(PARAMETERS, 4, True), (ROUNDS, 0, False), (ROUNDS, 13, True)]
)
def test_an_interrupted_training_goes_on_to_the_same_vectors(
    parameters, calls, saved, serial, workspace, tokens, vectors_of, short_intervals, monkeypatch
):
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, calls)
        with pytest.raises(KeyboardInterrupt):
            train(serial, workspace, tokens, parameters)
    trained = count_spans(monkeypatch)
    resumed = train(serial, workspace, tokens, parameters)
    found, facts, left = vectors_of(resumed), resumed.facts, len(trained)
    resumed.remove("")
    trained.clear()
    again = train(serial, workspace, tokens, parameters)
    assert (left < len(trained)) == saved
    for matrix, rows in vectors_of(again).items():
        np.testing.assert_array_equal(found[matrix], rows)
    for fact in ("loss", "held_out_loss", "pairs", "subsampled"):
        assert again.facts[fact] == facts[fact]


@pytest.mark.parametrize(("parameters", "calls"), [(PARAMETERS, 4), (ROUNDS, 26)])
def test_a_damaged_checkpoint_costs_one_interval(
    parameters, calls, serial, workspace, tokens, vectors_of, short_intervals, monkeypatch
):
    expected = vectors_of(train(serial, workspace, tokens, parameters))
    output = workspace.output("sgns", sgns_key(tokens, parameters))
    output.remove("")
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, calls)
        with pytest.raises(KeyboardInterrupt):
            train(serial, workspace, tokens, parameters)
    last = sorted(output.manifests("checkpoint"))[-1]
    chunk = next(path for path in output.files.local.glob(f"sgns/{output.key}/{last}/rows/c/**/*") if path.is_file())
    chunk.write_bytes(bytes(reversed(chunk.read_bytes())))
    trained = count_spans(monkeypatch)
    for matrix, rows in vectors_of(train(serial, workspace, tokens, parameters)).items():
        np.testing.assert_array_equal(expected[matrix], rows)
    # The checkpoint before it was sound, so the beginning is not trained again.
    assert (0, 0) not in {(span.epoch, span.start) for span in trained}


def test_replicas_come_to_about_the_same_loss(serial, workspace, tokens):
    alone = train(serial, workspace, tokens, PARAMETERS).facts
    for replicas in (2, 4):
        together = train(serial, workspace, tokens, replace(PARAMETERS, replicas=replicas, round_tokens=1000)).facts
        assert together["pairs"] == alone["pairs"]
        assert together["subsampled"] == alone["subsampled"]
        assert together["loss"][-1] < alone["loss"][0]
        assert together["loss"][-1] == pytest.approx(alone["loss"][-1], rel=0.04)
        assert together["held_out_loss"][-1] == pytest.approx(alone["held_out_loss"][-1], rel=0.04)


@pytest.mark.parametrize("addresses", [[], ["a", "b"], ["a", "b", "c"]])
def test_where_shards_lie_changes_nothing(addresses, serial, workspace, tokens, vectors_of, monkeypatch):
    here = train(serial, workspace, tokens, ROUNDS)
    expected = vectors_of(here)
    here.remove("")
    monkeypatch.setattr(serial, "addresses", lambda: addresses)  # none while all workers are being started anew
    for matrix, rows in vectors_of(train(serial, workspace, tokens, ROUNDS)).items():
        np.testing.assert_array_equal(expected[matrix], rows)


@pytest.mark.cluster
def test_workers_come_to_the_bits_of_one_process(engine: Engine, serial, workspace, tokens, vectors_of):
    here = train(serial, workspace, tokens, ROUNDS)
    expected, facts = vectors_of(here), here.facts
    here.remove("")
    there = train(engine, workspace, tokens, ROUNDS)
    for matrix, rows in vectors_of(there).items():
        np.testing.assert_array_equal(expected[matrix], rows)
    assert there.facts["loss"] == facts["loss"]


@pytest.mark.cluster
def test_a_killed_worker_costs_time_and_changes_nothing(serial, workspace, tokens, vectors_of):
    here = train(serial, workspace, tokens, ROUNDS)
    expected = vectors_of(here)
    here.remove("")
    killed: list[int] = []
    with open_engine(Resources(workers=2, memory_limit=1 << 30)) as engine:
        pids = engine.client.run(os.getpid)

        def kill_once(event: Event) -> None:
            if event.label == "sgns: train" and 0 < event.done < event.total and not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        engine.listener = kill_once
        there = train(engine, workspace, tokens, ROUNDS)
    assert killed
    for matrix, rows in vectors_of(there).items():
        np.testing.assert_array_equal(expected[matrix], rows)


def test_a_finished_training_is_reused(serial, workspace, tokens, monkeypatch):
    heard: list[Event] = []
    first = train(serial, workspace, tokens, PARAMETERS)
    monkeypatch.setattr(serial, "listener", heard.append)
    monkeypatch.setattr(task, "train_interval", None)
    assert train(serial, workspace, tokens, PARAMETERS) == first
    assert {event.label for event in heard if event.kind == "begin"} == {"sgns: check"}
    assert heard[-1].kind == "reuse"


def test_the_key_tells_replicas_but_not_where_they_ran(tokens):
    assert sgns_key(tokens, PARAMETERS) != sgns_key(tokens, replace(PARAMETERS, replicas=2))
    assert sgns_key(tokens, PARAMETERS).startswith("d20-w3-k3-e3-")


@pytest.mark.parametrize("replicas", [1, 2])
def test_what_does_not_fit_is_refused_before_anything_runs(replicas, workspace, tokens, monkeypatch):
    monkeypatch.setattr(Training, "train", None)
    with pytest.raises(MemoryPromiseError, match="sgns: train needs"):
        train(SerialEngine(1 << 20), workspace, tokens, replace(PARAMETERS, replicas=replicas))


def test_rounds_that_do_not_fit_are_refused_with_what_would(workspace, monkeypatch):
    monkeypatch.setattr(Training, "train", None)
    tokens = write_tokens(workspace, [np.arange(60_000, dtype=np.int32)], np.empty(0, np.int32), words=60_000)
    parameters = replace(PARAMETERS, vector_size=300, replicas=2)
    grid = row_grid(60_000, 300, replicas=2)

    def projected(round_tokens: int | None) -> int:
        asked = replace(parameters, round_tokens=round_tokens)
        return projected_round(np.ones(60_000, np.int64), 60_000, asked, grid, workers=1)

    allowed = (projected(1_000) + projected(None)) // 2
    with pytest.raises(MemoryPromiseError, match=r"Give --memory-limit \w+ or more, or --round-tokens \d+,") as refused:
        train(SerialEngine(allowed), workspace, tokens, parameters)
    advised = int(re.search(r"--round-tokens (\d+)", str(refused.value))[1])
    assert projected(advised) <= allowed < projected(advised + 1_000)


@pytest.mark.parametrize("parameters", [PARAMETERS, ROUNDS])
def test_divergence_is_told_with_what_to_lower(parameters, serial, workspace, tokens, monkeypatch):
    whole = Training.train

    def diverging(self, model, span):
        trained = whole(self, model, span)
        if span.epoch == 1:
            model.outputs[0] = np.nan
        return trained

    monkeypatch.setattr(Training, "train", diverging)
    with pytest.raises(DivergedError, match=r"epoch 2, tokens 0 to .* Lower --alpha \(now 0.05\)"):
        train(serial, workspace, tokens, parameters)


def test_vectors_may_be_longer_than_the_vocabulary(serial, workspace, vectors_of):
    tokens = write_tokens(workspace, [topical(400, words=7)], np.empty(0, np.int32), words=7)
    output = train(serial, workspace, tokens, replace(PARAMETERS, vector_size=33))
    assert vectors_of(output)["input"].shape == (7, 33)
    assert output.facts["held_out_loss"] == []


def test_rounds_are_waited_for_only_once_the_next_are_sent(serial, workspace, tokens, monkeypatch):
    """Two pairs of rounds are under way, and never more: workers have work, and memory stays bounded."""
    sent, most = [0, 0], [0]
    submit, collect = stage_rounds.Server._submit, stage_rounds.Server._collect

    def submitting(self, *args):
        sent[0] += 1
        most[0] = max(most[0], sent[0] - sent[1])
        return submit(self, *args)

    def collecting(self, tracker, turn, trained):
        sent[1] = turn.number + 1
        return collect(self, tracker, turn, trained)

    monkeypatch.setattr(stage_rounds.Server, "_submit", submitting)
    monkeypatch.setattr(stage_rounds.Server, "_collect", collecting)
    train(serial, workspace, tokens, ROUNDS)
    assert most == [2 * schedule.TOGETHER]
    assert sent[0] == sent[1] > 5
