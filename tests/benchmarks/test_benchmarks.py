"""The benchmarks, tiny, so that they never rot; nobody looks at the clock."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from tests.benchmarks import counts, pmi, tokens, vocabulary
from tests.benchmarks.__main__ import main
from tests.benchmarks.contest import Contest, Result, Seconds, hold
from tests.benchmarks.desk import LINE, Desk
from tests.benchmarks.runner import STAGES, run_stages
from tests.benchmarks.svd import energy, most_iterations
from tests.benchmarks.table import as_table

TOKENS = 20_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), limit=TOKENS)


@pytest.mark.parametrize("stage", STAGES)
def test_every_contest_can_be_held(stage, desk):
    pytest.importorskip("sklearn" if stage == "svd" else "gensim")
    results, skipped = run_stages(desk, [stage], runs=1)
    assert not skipped
    assert results
    for result in results:
        assert result.contest.stage == stage
        assert 0 < result.contest.tokens <= TOKENS
        assert result.ratios[0] > 0


def test_the_command_prints_a_table_and_writes_json(tmp_path, capsys):
    main(["--stage", "counts", "--runs", "2", "--tokens", "3000", "--json", str(tmp_path / "made" / "b.json")])
    found = json.loads((tmp_path / "made" / "b.json").read_text())
    table = capsys.readouterr().out
    assert len(found["results"]) == 4 * len(counts.CASES)
    for result in found["results"]:
        assert result["what"] in table
        assert len(result["ours"]) == len(result["peer"]) == len(result["ratios"]) == 2


def test_runs_are_taken_in_turns_after_one_that_is_not_timed():
    done: list[str] = []
    contest = Contest(
        "counts",
        "",
        "",
        1,
        ours=lambda: done.append("A"),
        peer=lambda: done.append("B"),
        check=lambda *_: done.append("check") or "equal",
        before_ours=lambda: done.append("before"),
    )
    result = hold(contest, 2)
    turn = ["before", "A", "B"]
    assert done == [*turn, "check", *turn, *turn]
    assert result.checked == "equal"


def test_a_ratio_is_taken_turn_by_turn():
    contest = Contest("svd", "small", "large", 30, *[lambda: None] * 2, check=lambda *_: "")
    ours, peer = [Seconds(1, 2), Seconds(2, 3), Seconds(4, 5)], [Seconds(3, 3), Seconds(4, 4), Seconds(4, 4)]
    result = Result(contest, ours, peer, "")
    assert result.ratios == [3, 2, 1]
    assert result.rate(ours) == 15
    assert "2.00 [1.00-3.00]" in as_table([result], {})


def test_a_peer_that_is_missing_skips_its_stage_with_the_reason(desk, monkeypatch):
    def contests(_: Desk) -> None:
        raise ModuleNotFoundError("No module named 'peer'", name="peer")

    monkeypatch.setattr(vocabulary, "contests", contests)
    results, skipped = run_stages(desk, ["vocabulary"], runs=1)
    assert not results
    assert "skipped: peer is not installed" in as_table(results, skipped)


def test_checks_see_a_difference(desk):
    made, parameters = desk.encoded(TOKENS), counts.CountsParameters(window=2)
    counted = desk.counted(TOKENS, parameters)
    other = counts.in_memory(counted)
    other.data[7] += 1
    with pytest.raises(AssertionError):
        counts.require_equal(counts.in_memory(counted), other)
    with pytest.raises(AssertionError):
        vocabulary.require_equal(made.vocabulary, {"w0": 1000})
    ids = made.ids.copy()
    ids[3] += 1
    with pytest.raises(AssertionError):
        tokens.require_equal(made.tokens, [np.append(line, -1) for line in np.split(ids, np.flatnonzero(ids < 0))])
    with pytest.raises(AssertionError):
        pmi.require_close(sp.identity(3, format="csr"), 2 * sp.identity(3, format="csr"))


def test_energy_is_a_share_of_the_squares():
    matrix = sp.csr_matrix(np.diag([3.0, 4.0]))
    assert energy(matrix, np.array([[0.0], [1.0]])) == pytest.approx(16 / 25)
    assert most_iterations(lambda n: n <= 3) == 3


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_text_is_cut_into_lines_and_loses_no_word(step, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tests.benchmarks.desk._STEP", step)
    words = [f"é{number}" for number in range(2 * LINE + 5)]
    (tmp_path / "long.txt").write_text("  ".join(words) + "\n", encoding="utf-8")
    lines = Desk(tmp_path, tmp_path / "long.txt").text(2 * LINE + 3).read_text(encoding="utf-8").splitlines()
    assert [len(line.split()) for line in lines] == [LINE, LINE, 3]
    assert " ".join(lines).split() == words[: 2 * LINE + 3]
