"""Trainings that callbacks watch: kept on their way, stopped, and gone on with to the same bits."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from dsgns.callbacks import Checkpoint, EarlyStopping, LossLog, TimeLimit
from dsgns.engine import Keep, Moment, Stop
from dsgns.engine.moments import Watch
from dsgns.errors import ParameterError
from dsgns.parameters import SGNSParameters
from dsgns.sgns import schedule
from dsgns.sgns.checkpoint import History
from dsgns.sgns.stage import sgns_key, train
from dsgns.sgns.stage_kept import Keeper
from dsgns.store import Workspace
from tests.unit.sgns.test_stage import interrupt_after

PARAMETERS = SGNSParameters(vector_size=20, window=3, negative=3, sample=0.0, epochs=3, alpha=0.05)
KINDS = pytest.mark.parametrize(
    "parameters", [PARAMETERS, replace(PARAMETERS, replicas=3, round_tokens=800)], ids=["one", "replicas"]
)


def watched(serial, *callbacks):
    serial.watch = Watch(callbacks)
    return serial


def stop_after(epochs: int):
    return lambda moment: Stop("enough") if moment.epoch >= epochs else None


@KINDS
def test_being_watched_changes_no_bit(serial, workspace, tokens, vectors_of, parameters, tmp_path):
    seen: list[Moment] = []
    output = train(watched(serial, seen.append), workspace, tokens, parameters)
    plain = train(watched(serial), _copy(workspace, tmp_path), tokens, parameters)
    assert output.key == plain.key
    for matrix, rows in vectors_of(output).items():
        np.testing.assert_array_equal(rows, vectors_of(plain)[matrix])
    training = [moment for moment in seen if moment.label == "sgns: train"]
    assert sum(moment.ends_epoch for moment in training) == 3
    assert training[-1].loss == tuple(output.facts["loss"])
    assert [moment.done for moment in training] == sorted({moment.done for moment in training})
    assert training[-1].done == training[-1].total == 3 * 20_000


@KINDS
def test_a_stopped_training_has_vectors_and_goes_on_to_the_same_bits(
    serial, workspace, tokens, vectors_of, parameters, tmp_path
):
    stopped = train(watched(serial, stop_after(1)), workspace, tokens, parameters)
    assert stopped.facts["stopped"] == "enough"
    assert len(stopped.facts["loss"]) == 1
    assert 20_000 <= stopped.facts["trained_tokens"] < stopped.facts["all_tokens"] == 60_000
    assert vectors_of(stopped)["input"].shape == (120, 20)
    again = train(watched(serial, stop_after(1)), workspace, tokens, parameters)
    assert again == stopped, "a run that was stopped is stopped at once where it would have been"
    whole = train(watched(serial), workspace, tokens, parameters)
    assert (whole.key != stopped.key, "stopped" in whole.facts) == (True, False)
    plain = train(watched(serial), _copy(workspace, tmp_path), tokens, parameters)
    for matrix, rows in vectors_of(whole).items():
        np.testing.assert_array_equal(rows, vectors_of(plain)[matrix])
        assert not np.array_equal(rows, vectors_of(stopped)[matrix])


@KINDS
def test_a_training_killed_before_it_could_stop_is_stopped_when_it_goes_on(serial, workspace, tokens, parameters):
    with pytest.raises(KeyboardInterrupt):
        train(watched(serial, _killed_after(1)), workspace, tokens, parameters)
    stopped = train(watched(serial, stop_after(1)), workspace, tokens, parameters)
    assert len(stopped.facts["loss"]) == 1


@KINDS
def test_epochs_are_kept_beside_the_end(serial, workspace, tokens, parameters):
    output = train(watched(serial, Checkpoint(every=1)), workspace, tokens, parameters)
    kept = [each for each in workspace.results("sgns") if each != output]
    assert sorted(len(each.facts["loss"]) for each in kept) == [1, 2]
    assert all(each.facts["loss"] == output.facts["loss"][: len(each.facts["loss"])] for each in kept)
    assert not any("stopped" in each.facts for each in kept)


@KINDS
def test_what_early_stopping_comes_back_with_is_the_best_epoch(
    serial, workspace, tokens, vectors_of, parameters, tmp_path
):
    other = _copy(workspace, tmp_path)
    never_better = EarlyStopping(patience=1, min_delta=10.0)  # than the first
    best = train(watched(serial, never_better), workspace, tokens, parameters)
    assert best.facts["stopped"] == "the held-out loss has not fallen for 1 epoch"
    assert (len(best.facts["loss"]), best.set_aside) == (1, False)
    assert train(watched(serial, never_better), workspace, tokens, parameters) == best
    assert workspace.results("sgns") == [best]
    with pytest.raises(KeyboardInterrupt):
        train(watched(serial, never_better, _killed_after(2)), other, tokens, parameters)
    assert [each.aside_for for each in other.complete("sgns")] == ["early stopping"]
    again = train(watched(serial, never_better), other, tokens, parameters)
    assert (again.key, again.set_aside) == (best.key, False)
    first = train(watched(serial, stop_after(1)), _copy(workspace, tmp_path / "first"), tokens, parameters)
    for matrix, rows in vectors_of(best).items():
        np.testing.assert_array_equal(rows, vectors_of(again)[matrix])
        np.testing.assert_array_equal(rows, vectors_of(first)[matrix])
    last = train(watched(serial, replace(never_better, restore_best=False)), other, tokens, parameters)
    assert len(last.facts["loss"]) == 2


@KINDS
def test_one_best_epoch_is_kept_at_a_time_and_none_beside_a_better_end(serial, workspace, tokens, parameters):
    seen: list[int] = []
    counting = lambda moment: seen.append(len(workspace.complete("sgns")))  # noqa: E731
    whole = train(watched(serial, EarlyStopping(patience=3), counting), workspace, tokens, parameters)
    assert list(whole.facts["held_out_loss"]) == sorted(whole.facts["held_out_loss"], reverse=True)
    assert max(seen) == 1
    assert workspace.keys("sgns") == [whole.key]
    assert not whole.manifests("best")


def test_a_better_epoch_than_the_last_is_named_and_stays(serial, workspace, tokens):
    with pytest.raises(KeyboardInterrupt):
        train(watched(serial, EarlyStopping(), _killed_after(2)), workspace, tokens, PARAMETERS)
    training = workspace.output("sgns", sgns_key(tokens, PARAMETERS))
    keeper = Keeper(serial, training, PARAMETERS, [(0, 120)], lambda history: {}, lambda trained, total: "none")
    (best,) = workspace.complete("sgns")
    told = keeper.end(History(loss=(3.0, 2.0, 1.0), held_out_loss=(2.0, 3.0, 2.5)))
    assert told == f"Epoch 1 was better than the last on held-out text; its vectors are {best.name}."
    assert best.complete
    assert keeper.end(History(loss=(3.0, 2.0, 1.0), held_out_loss=(2.0, 3.0, 1.9))) == ""
    assert not best.complete


def test_where_the_best_epoch_passed_unwatched_the_last_vectors_come_back(serial, workspace, tokens):
    with pytest.raises(KeyboardInterrupt):
        train(watched(serial, _killed_after(2)), workspace, tokens, PARAMETERS)
    stopped = train(watched(serial, EarlyStopping(1, min_delta=10.0)), workspace, tokens, PARAMETERS)
    assert len(stopped.facts["loss"]) == 2
    assert "stopped" in stopped.facts


def test_what_another_callback_kept_says_that_a_run_was_stopped_with_it(serial, workspace, tokens):
    callbacks = (EarlyStopping(1, min_delta=10.0), Checkpoint())
    stopped = train(watched(serial, *callbacks), workspace, tokens, PARAMETERS)
    assert len(stopped.facts["loss"]) == 1
    assert stopped.facts["stopped"].startswith("the held-out loss")
    (later,) = [each for each in workspace.results("sgns") if each != stopped]
    assert len(later.facts["loss"]) == 2


def test_a_run_begun_unwatched_goes_on_by_its_own_checkpoints(serial, workspace, tokens, monkeypatch):
    monkeypatch.setattr(schedule, "LEAST_STEPS", 15_000)
    monkeypatch.setattr(schedule, "STEPS_PER_ROW", 1)
    interrupt_after(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        train(serial, workspace, tokens, PARAMETERS)
    monkeypatch.undo()
    monkeypatch.setattr(schedule, "LEAST_STEPS", 15_000)
    monkeypatch.setattr(schedule, "STEPS_PER_ROW", 1)
    seen: list[Moment] = []
    train(watched(serial, seen.append), workspace, tokens, PARAMETERS)
    assert [moment.done for moment in seen if moment.total == 60_000] == [15_000, 30_000, 45_000, 60_000]


def test_callbacks_say_what_they_should():
    def moment(*held_out: float, **changed) -> Moment:
        facts = {"loss": held_out, "held_out_loss": held_out}
        given = {"done": 1, "total": 9, "unit": "tokens", "facts": facts, "ends_epoch": True, "elapsed": 5.0} | changed
        return Moment("sgns: train", "history/000001", **given)

    stopping = EarlyStopping(patience=2, min_delta=0.1)
    assert stopping(moment(3.0, 2.0, 1.95)) is None
    assert stopping(moment(3.0, 2.0, 1.95, 1.8)) == Keep(best=True), "less by more than 0.1 in two epochs"
    assert stopping(moment(3.0, 2.0, ends_epoch=False)) is None
    assert stopping(moment(3.0, 2.0, 1.95, 1.91)) == Stop("the held-out loss has not fallen for 2 epochs", best=True)
    assert replace(stopping, restore_best=False)(moment(3.0)) is None
    assert replace(stopping, restore_best=False)(moment(3.0, 3.0, 3.0)) == Stop(
        "the held-out loss has not fallen for 2 epochs"
    )
    with pytest.raises(ParameterError, match="set held_out"):
        stopping(moment(facts={"loss": (1.0,)}))
    assert Checkpoint(2)(moment(3.0)) is None
    assert Checkpoint(2)(moment(3.0, 2.0)) == Keep()
    assert Checkpoint(2)(moment(3.0, 2.0, ends_epoch=False)) is None
    assert TimeLimit("5 s")(moment()) == Stop("the time limit of 5 s is over")
    assert TimeLimit("0.1min")(moment()) is None
    told: list[str] = []
    log = LossLog(told.append)
    for losses in ((), (3.0,), (3.0,), (3.0, 2.5), (9.0,)):
        log(moment(*losses))
    assert told == [f"epoch {epoch}: loss {loss}, {loss} on held-out text"
                    for epoch, loss in ((1, "3.0000"), (2, "2.5000"), (1, "9.0000"))]  # fmt: skip
    for wrong in (lambda: TimeLimit("soon"), lambda: Checkpoint(0), lambda: EarlyStopping(0)):
        with pytest.raises(ParameterError):
            wrong()


def _killed_after(epochs: int):
    def kill(moment: Moment) -> None:
        if moment.epoch >= epochs:
            raise KeyboardInterrupt

    return kill


def _copy(workspace: Workspace, tmp_path) -> Workspace:
    """The same workspace without a training."""
    shutil.copytree(workspace.url, tmp_path / "other.dsgns", ignore=shutil.ignore_patterns("sgns"))
    return Workspace.open(str(tmp_path / "other.dsgns"))
