"""The benchmarks, tiny, so that they never rot; nobody looks at the clock."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from dsgns.parameters import CountsParameters
from dsgns.store.digest import digests
from tests.benchmarks import counts, glove, pmi, processes, scaling, sgns, svd, tokens, vocabulary
from tests.benchmarks.__main__ import main
from tests.benchmarks.contest import Contest, Result, Rival, hold
from tests.benchmarks.desk import LINE, Desk
from tests.benchmarks.judging import Judge
from tests.benchmarks.peers import Peers, peer_folder
from tests.benchmarks.place import here
from tests.benchmarks.runner import STAGES, run_stages
from tests.benchmarks.spent import Spent
from tests.benchmarks.table import as_table
from tests.benchmarks.way import Absent, Command, Trial, Way, nothing

TOKENS = 20_000
# Elsewhere these start interpreters and worker processes: too long for every run of the suite.
STARTING = {"start": ["scipy"], "scaling": ["dsgns"], "processes": ["dsgns"]}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), limit=TOKENS)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(svd, "CASES", ((TOKENS, 10),))
    monkeypatch.setattr(sgns, "SIZES", (16,))
    monkeypatch.setattr(sgns, "SAMPLES", (1e-3,))


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage not in STARTING])
def test_every_contest_can_be_held(stage, desk):
    pytest.importorskip("sklearn")
    pytest.importorskip("gensim")
    pytest.importorskip("mwparserfromhell")
    *_, findings = run_stages(desk, [stage], runs=1, place=here, before=nothing)
    assert all("give --peer" in way.reason for _, way in findings.absent)
    assert findings.results or stage == "text"
    for result in findings.results:
        assert result.contest.stage == stage
        assert result.contest.work > 0
        assert result.ratios[0] > 0


@pytest.mark.cluster
def test_two_of_ours_are_held_against_one(desk, monkeypatch):
    monkeypatch.setattr(scaling, "SHARD", 1 << 16)
    *_, findings = run_stages(
        desk, ["scaling", "start"], runs=1, against=["dsgns", "scipy"], place=here, before=nothing
    )
    assert [result.contest.stage for result in findings.results] == [*["scaling"] * 4, *["start"] * 2]


@pytest.mark.cluster
def test_a_stage_is_timed_on_processes_of_a_scheduler(desk):
    made = desk.encoded(TOKENS)
    trial = processes.on_workers(processes.counting, made, 1, desk.folder)
    try:
        trial.before()
        assert trial.found(trial.run()) == digests(desk.counted(TOKENS, CountsParameters()))
    finally:
        trial.close()
    assert [contest.clock for contest in processes.contests(desk)] == ["wall", "cpu"] * 3


def test_the_command_prints_a_table_and_writes_json_and_a_drawing(tmp_path, capsys, monkeypatch):
    pytest.importorskip("matplotlib")
    small = {"place": here, "before": nothing}
    monkeypatch.setattr(run_stages, "__kwdefaults__", {**run_stages.__kwdefaults__, **small})
    path = tmp_path / "made" / "b.json"
    main(["--stage", "counts", "--against", "scipy", "--runs", "2", "--tokens", "3000", "--json", str(path)])
    found, table = json.loads(path.read_text()), capsys.readouterr().out
    assert len(found["results"]) == 2 * len(counts.WINDOWS)
    for result in found["results"]:
        assert result["what"] in table
        assert len(result["ours"]["runs"]) == len(result["theirs"]["runs"]) == len(result["ratios"]) == 2
    assert path.with_suffix(".svg").read_text().startswith("<?xml")


def test_runs_are_taken_in_turns_after_one_that_is_not_timed():
    done: list[str] = []

    def way(name: str) -> Way:
        trial = Trial(
            lambda: done.append(name), lambda: done.append(f"before {name}"), close=lambda: done.append(f"close {name}")
        )
        return Way("dsgns", name, lambda: trial)

    rivals = [Rival(way("B"), lambda *_: done.append("check") or "equal"), Rival(Absent("glove", "C", "not here"))]
    (result,) = hold(Contest("counts", "", 1, way("A"), rivals), 2, here, lambda: done.append("memory"))
    first, turn = ["before A", "A", "before B", "B"], ["memory", "before A", "A", "memory", "before B", "B"]
    assert done == [*first, *turn, *turn, "check", "close B", "close A"]
    assert result.checked == "equal"


def test_a_ratio_is_taken_turn_by_turn():
    ours, theirs = [Spent(1, 2), Spent(2, 3), Spent(4, 5)], [Spent(3, 3), Spent(4, 4), Spent(4, 4)]
    way = Way("sklearn", "large", Trial)
    contest = Contest("svd", "small", 30, way, [])
    result = Result(contest, way, ours, theirs, "")
    assert result.ratios == [3, 2, 1]
    assert result.rate(ours) == 15
    assert "2.00 [1.00-3.00]" in as_table([result], [])
    on_the_wall = Result(Contest("svd", "small", 30, way, [], clock="wall"), way, ours, theirs, "")
    assert on_the_wall.ratios == pytest.approx([3 / 2, 4 / 3, 4 / 5])


def test_a_peer_that_is_missing_is_told_with_the_reason(tmp_path, desk, monkeypatch):
    monkeypatch.setattr("tests.benchmarks.peers.find_spec", lambda _: None)
    *_, findings = run_stages(desk, ["tokens"], runs=1, against=["gensim"], place=here, before=nothing)
    assert not findings.results
    told = as_table(findings.results, findings.absent)
    assert "skipped: tokens against gensim Dictionary.doc2idx: gensim is not installed" in told
    way = Peers({"glove": tmp_path}).command("glove", "GloVe", "{cooccur}", tmp_path)
    assert isinstance(way, Absent)
    assert "vocab_count is no program" in way.reason


def test_a_peer_is_found_in_its_folder_or_by_the_environment(tmp_path, monkeypatch):
    (tmp_path / "pWord2Vec").write_text("")
    (tmp_path / "pWord2Vec").chmod(0o755)
    monkeypatch.setenv("DSGNS_PEER_PWORD2VEC", str(tmp_path))
    for peers in (Peers(), Peers(dict([peer_folder(f"pword2vec={tmp_path}")]))):
        way = peers.command("pword2vec", "p", "{pWord2Vec} -iter 2", tmp_path / "new", idle="{pWord2Vec} -iter 1")
        assert isinstance(way, Command)
        assert (way.line, way.idle) == (f"{tmp_path}/pWord2Vec -iter 2", f"{tmp_path}/pWord2Vec -iter 1")
        assert way.folder.is_dir()
    for wrong in ("glove", "nobody=/x"):
        with pytest.raises(ValueError, match="TOOL=FOLDER"):
            peer_folder(wrong)


def test_checks_see_a_difference(desk):
    made, counted = desk.encoded(TOKENS), desk.counted(TOKENS, counts.CountsParameters(window=2))
    matrix = counts.in_memory(counted)
    rows, columns = matrix.nonzero()
    weights = matrix.data / counted.facts["scale"]
    records = np.rec.fromarrays([rows + 1, columns + 1, weights], glove.RECORD)
    assert "counts equal" in glove.require_equal_records(counted, records)
    records.weight[7] *= 1.1
    for wrong in (records, records[:-1]):
        with pytest.raises(AssertionError):
            glove.require_equal_records(counted, wrong)
    matrix.data[7] += 1
    with pytest.raises(AssertionError):
        counts.require_equal(counted, matrix)
    with pytest.raises(AssertionError):
        vocabulary.require_equal({"w0": 999}, {"w0": 1000})
    with pytest.raises(AssertionError):
        tokens.require_equal(made.ids, made.ids + 1)
    with pytest.raises(AssertionError):
        pmi.require_close(sp.identity(3, format="csr"), 2 * sp.identity(3, format="csr"))


def test_a_known_text_is_the_text_without_its_rare_words(desk):
    text, words = desk.known(TOKENS)
    counted = dict(line.split() for line in words.read_text().splitlines())
    lines = desk.text(TOKENS).read_text().splitlines()
    expected = [[word for word in line.split() if word in counted] for line in lines]
    assert [line.split() for line in text.read_text().splitlines()] == expected
    assert min(map(int, counted.values())) >= 5


def test_energy_is_a_share_of_the_squares():
    matrix = sp.csr_matrix(np.diag([3.0, 4.0]))
    assert svd.energy(matrix, np.array([[0.0], [1.0]])) == pytest.approx(16 / 25)


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_text_is_cut_into_lines_and_loses_no_word(step, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tests.benchmarks.desk._STEP", step)
    words = [f"é{number}" for number in range(2 * LINE + 5)]
    (tmp_path / "long.txt").write_text("  ".join(words) + "\n", encoding="utf-8")
    lines = Desk(tmp_path, tmp_path / "long.txt").text(2 * LINE + 3).read_text(encoding="utf-8").splitlines()
    assert [len(line.split()) for line in lines] == [LINE, LINE, 3]
    assert " ".join(lines).split() == words[: 2 * LINE + 3]


def test_vectors_are_judged_seed_by_seed(tmp_path: Path):
    words, rng = [f"word{number}" for number in range(40)], np.random.default_rng(0)
    pairs = (f"{words[number]} {words[number + 1]} {rng.random()}\n" for number in range(39))
    (tmp_path / "pairs.tsv").write_text("".join(pairs))
    models = [rng.random((40, 3), np.float32) for _ in range(2)]
    told = Judge([tmp_path / "pairs.tsv"]).compare(words, models, models)
    assert told.startswith("; pairs ")
    assert told.count("(+0.000 +- 0.000)") == 2
    assert not Judge().compare(words, models, models)


def test_analogies_are_judged_by_meaning_and_by_grammar(tmp_path: Path):
    words = ["a", "b", "c", "d"]
    (tmp_path / "asked.txt").write_text(": capitals\na b c d\nc d a b\n: gram1-plural\nb a d c\na c b d\n")
    right = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]], np.float32)
    wrong = right[[0, 1, 3, 2]]
    told = Judge([tmp_path / "asked.txt"]).compare(words, [right], [wrong])
    assert [part.split()[0] for part in told.split("; ")[1:]] == ["asked", "semantic", "syntactic"]
    assert "asked 1.000/" in told
