"""Commands that ask a trained workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import dsgns
from dsgns.store import Workspace
from dsgns.vectors.words import WordVectors
from tests.support.corpora import write_lines


def test_status_tells_stages_and_tokens(run, trained) -> None:
    out = run("status", trained.workspace).stdout
    for stage in ("corpus", "vocabulary", "tokens", "counts", "svd", "sgns"):
        assert any(line.strip().startswith(f"{stage}/") and "complete" in line for line in out.splitlines())
    assert "read" in out
    assert "40,000" in out


def test_status_shows_each_result_below_what_it_was_made_from(run, trained) -> None:
    assert run("similar", trained.workspace, "a").exit_code == 0
    shown = run("status", trained.workspace).stdout
    lines = [line for line in shown.splitlines() if "complete" in line]
    order = ["corpus", "vocabulary", "tokens", "counts", "marginals", "svd", "sgns"]
    assert [line.split("/")[0].strip() for line in lines] == order
    assert [(len(line) - len(line.lstrip())) // 2 for line in lines] == [0, 1, 2, 3, 4, 5, 3]
    assert str(trained.corpus) in shown
    assert "vectors/" in run("status", trained.workspace, "--all").stdout
    told = {stage["stage"]: stage for stage in json.loads(run("status", trained.workspace, "--json").stdout)["stages"]}
    assert told["corpus"]["text"] == str(trained.corpus)
    assert told["sgns"]["inputs"] == {"tokens": told["tokens"]["key"]}
    assert told["tokens"]["inputs"] == {stage: told[stage]["key"] for stage in ("corpus", "vocabulary")}


def test_status_in_json(run, trained) -> None:
    told = json.loads(run("status", trained.workspace, "--json").stdout)
    tokens = told["conservation"]
    assert set(tokens) == {"tokens_read", "used", "out_of_vocabulary", "filtered", "held_out"}
    assert tokens["tokens_read"] == 40_000 == sum(tokens.values()) - tokens["tokens_read"]
    for stage in told["stages"]:
        assert {"stage", "key", "state", "blocks", "seconds", "peak_bytes", "projected_bytes", "latest"} <= set(stage)


def test_status_of_a_begun_workspace(run, copied) -> None:
    Workspace.open(str(copied)).latest("sgns").reopen()
    told = json.loads(run("status", copied, "--json").stdout)
    (sgns,) = [stage for stage in told["stages"] if stage["stage"] == "sgns"]
    assert (sgns["state"], sgns["seconds"]) == ("unfinished", None)
    assert "unfinished" in run("status", copied).stdout
    shutil.rmtree(copied)
    Workspace.create(str(copied)).output("corpus", "begun").begin({}, {})
    assert "unfinished" in run("status", copied).stdout


def test_status_of_an_empty_workspace(run, tmp_path: Path) -> None:
    Workspace.create(str(tmp_path / "empty"))
    assert "holds nothing yet" in run("status", tmp_path / "empty").stdout


def test_sha256_of_every_result(run, trained) -> None:
    told = json.loads(run("status", trained.workspace, "--json", "--sha256").stdout)
    hashes = {stage["stage"]: stage["sha256"] for stage in told["stages"]}
    assert set(hashes["svd"]) == {"U", "S", "V"}
    assert set(hashes["counts"]) == {"data", "indices", "indptr"}
    assert hashes["svd"]["U"] in run("status", trained.workspace, "--sha256").stdout


def test_neighbours_of_both_roads_side_by_side(run, trained) -> None:
    lines = run("similar", trained.workspace, "a", "b", "--topn", 3).stdout.splitlines()
    assert lines[0] == "a"
    assert lines[1].split() == ["svd", "sgns"]
    assert [len(line.split()) for line in lines[2:5]] == [4, 4, 4]
    assert lines[6] == "b"


def test_neighbours_in_json_are_those_of_the_library(run, trained) -> None:
    told = json.loads(run("similar", trained.workspace, "a", "--vectors", "svd", "--p", 0, "-n", 4, "--json").stdout)
    expected = dsgns.open_workspace(trained.workspace).vectors("svd", p=0.0).most_similar("a", topn=4)
    assert [(word, pytest.approx(cosine)) for word, cosine in told["a"]["svd"]] == expected


def test_post_processed_vectors(run, trained, sets) -> None:
    options = ("--vectors", "svd", "--post", "zipfian-whitening", "-n", 4)
    told = json.loads(run("similar", trained.workspace, "a", *options, "--json").stdout)
    vectors = dsgns.open_workspace(trained.workspace).vectors("svd", post="zipfian-whitening")
    assert [(word, pytest.approx(cosine)) for word, cosine in told["a"]["svd"]] == vectors.most_similar("a", topn=4)
    asked = ("evaluate", trained.workspace, "--set", *sets, "--vectors", "svd", "--post")
    scored = json.loads(run(*asked, "none,centre,zipfian-whitening", "--json").stdout)
    assert list(scored) == ["svd", "svd centre", "svd zipfian-whitening"]
    alone = json.loads(run(*asked, "centre", "--json").stdout)
    assert alone == {"svd": scored["svd centre"]}
    assert scored["svd"] != scored["svd centre"] != scored["svd zipfian-whitening"]
    assert run(*asked, "bleaching").exit_code == 2


def test_an_unknown_word(run, trained) -> None:
    result = run("similar", trained.workspace, "qqqq")
    assert result.exit_code == 1
    assert "'qqqq' is not" in result.stderr
    some = run("similar", trained.workspace, "a", "qqqq", "xxxx")
    assert some.exit_code == 1
    assert some.stdout == run("similar", trained.workspace, "a").stdout
    assert "'qqqq' is not" in some.stderr
    assert "'xxxx' is not" in some.stderr


def test_an_analogy(run, trained) -> None:
    told = json.loads(run("analogy", trained.workspace, "a", "b", "c", "--json").stdout)
    assert set(told) == {"svd", "sgns"}
    assert not {"a", "b", "c"} & {word for word, _ in told["svd"]}
    assert run("analogy", trained.workspace, "a", "b", "c").stdout.startswith("a : b = c : ?")


def test_roads_that_are_not_there(run, trained) -> None:
    result = run("similar", trained.workspace, "a", "--vectors", "ppmi")
    assert result.exit_code == 1
    assert "has no completed ppmi; run `dsgns ppmi" in result.stderr
    result = run("similar", trained.workspace, "a", "--vectors", "svd,glove")
    assert result.exit_code == 2
    assert "glove" in result.stderr


def test_a_workspace_without_vectors(run, tmp_path: Path) -> None:
    Workspace.create(str(tmp_path / "empty"))
    result = run("similar", tmp_path / "empty", "a")
    assert result.exit_code == 1
    assert "holds no vectors yet; run `dsgns svd" in result.stderr


def test_one_result_among_several(run, trained) -> None:
    key = Workspace.open(str(trained.workspace)).latest("svd").key
    named = run("similar", trained.workspace, "a", "--vectors", "svd", "--key", key)
    assert named.stdout == run("similar", trained.workspace, "a", "--vectors", "svd").stdout
    result = run("similar", trained.workspace, "a", "--vectors", "sgns", "--key", key)
    assert result.exit_code == 1
    assert "no completed sgns of that key" in result.stderr


@pytest.fixture
def sets(tmp_path: Path) -> tuple[str, str]:
    pairs = write_lines(tmp_path / "pairs.tsv", ["a\tb\t3.0", "a\tc\t2.0", "b\tc\t1.0", "a\tqqqq\t9"])
    return pairs, write_lines(tmp_path / "analogies.txt", [": letters", "a b c d", "a qqqq c d"])


def test_scores_on_sets(run, trained, sets) -> None:
    told = json.loads(run("evaluate", trained.workspace, "--set", *sets, "--json").stdout)
    assert set(told) == {"svd", "sgns"}
    pairs, analogies, multiplied = told["svd"]
    assert [analogies["method"], multiplied["method"]] == ["3CosAdd", "3CosMul"]
    low, high = pairs["interval"]
    assert low <= pairs["spearman"] <= high
    assert (pairs["kind"], pairs["covered"], pairs["pairs"]) == ("similarity", 3, 4)
    assert (analogies["kind"], analogies["total"]["asked"], analogies["total"]["missing"]) == ("analogies", 1, 1)
    lines = run("evaluate", trained.workspace, "--set", sets[0], "--set", sets[1]).stdout.splitlines()
    assert lines[0].split() == ["set", "score", "svd", "sgns", "known"]
    assert lines[1].split()[0] == "pairs"
    assert lines[1].endswith("3 of 4")
    assert lines[2].split()[:4] == ["pairs", "rho", "of", "all"]
    assert lines[2].split()[4] == f"{told['svd'][0]['penalised']:.3f}"


def test_representations_stand_side_by_side(run, trained, sets) -> None:
    asked = ("evaluate", trained.workspace, "--set", *sets, "--p", "0,.5", "--context", "none,add", "--vectors")
    lines = run(*asked, "svd,sgns", "--sections", "--analogies", "3CosMul", "--markdown").stdout.splitlines()
    names = ["svd p=0", "svd p=0 w+c", "svd p=0.5", "svd p=0.5 w+c", "sgns", "sgns w+c"]
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == ["set", "score", *names, "known"]
    section = next(line for line in lines if "letters" in line)
    assert "3CosMul" in section
    assert "1 of 2" in section
    told = json.loads(run(*asked, "svd", "--json").stdout)
    alone = json.loads(run("evaluate", trained.workspace, "--set", *sets, "--p", "0", "--json").stdout)
    assert told["svd p=0"] == alone["svd"]
    assert told["svd p=0"] != told["svd p=0.5"]
    keys = [f"{road}/{Workspace.open(str(trained.workspace)).latest(road).key}" for road in ("svd", "sgns")]
    named = run("evaluate", trained.workspace, "--set", *sets, "--key", keys[0], "--key", keys[1], "--p", 0, "--json")
    assert json.loads(named.stdout) == dict(zip(keys, (alone["svd"], alone["sgns"]), strict=True))
    assert run(*asked, "svd", "--analogies", "3CosDiv").exit_code == 2


def test_a_file_of_vectors_stands_where_a_workspace_does(run, trained, sets, tmp_path: Path) -> None:
    """And beside one: with fewer words, which are counted for each."""
    file, short = tmp_path / "sgns.bin", tmp_path / "short.txt"
    assert run("export", trained.workspace, file, "--vectors", "sgns").exit_code == 0
    vectors = dsgns.WordVectors.load(file)
    WordVectors(["a", "b"], vectors[["a", "b"]]).save(short, "glove")
    alone = json.loads(run("similar", trained.workspace, "a", "--vectors", "sgns", "--json").stdout)
    assert json.loads(run("similar", file, "a", "--json").stdout) == {"a": {"sgns.bin": alone["a"]["sgns"]}}
    told = json.loads(run("analogy", file, "a", "b", "c", "--post", "centre", "--json").stdout)
    assert list(told) == ["sgns.bin"]
    asked = ("evaluate", trained.workspace, "--set", sets[0], "--vectors", "sgns", "--beside", file, "--beside", short)
    scored = json.loads(run(*asked, "--json").stdout)
    assert list(scored) == ["sgns", "sgns.bin", "short.txt"]
    assert scored["sgns.bin"] == scored["sgns"]
    row = run(*asked).stdout.splitlines()[1]
    assert row.endswith("3, 3, 1 of 4")
    plain, centred = json.loads(run("evaluate", file, "--set", sets[0], "--post", "none,centre", "--json").stdout)
    assert (plain, centred) == ("sgns.bin", "sgns.bin centre")


def test_a_number_that_is_none_in_a_file_spoils_its_own_word_alone(run, tmp_path: Path) -> None:
    WordVectors(["a", "b", "c"], np.float32([[1, 0], [1, 1], [np.nan, 1]])).save(tmp_path / "v.npy")
    told = dict(json.loads(run("similar", tmp_path / "v.npy", "a", "--json").stdout)["a"]["v.npy"])
    assert told["b"] == pytest.approx(0.5**0.5)


def test_a_file_that_holds_no_vectors_or_has_nothing_to_choose(run, trained, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("no numbers here\n")
    wrong = run("similar", text, "a")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "text.txt" in wrong.stderr
    chosen = run("similar", text, "a", "--vectors", "svd")
    assert chosen.exit_code == 2
    assert "--vectors and --key are for the results of a workspace" in chosen.stderr
    read = run("similar", text, "a", "--p", 0.5)
    assert read.exit_code == 2
    assert "without singular values or context vectors; --p is for the results of a workspace" in read.stderr
    both = run("align", text, text, "--context", "add", "--p", 0)
    assert (both.exit_code, "--p and --context are for" in both.stderr) == (2, True)
    assert run("evaluate", trained.workspace, "--set", text, "--beside", tmp_path / "none.txt").exit_code == 1


def test_scores_that_are_no_numbers_are_null(run, trained, tmp_path: Path) -> None:
    strange = write_lines(tmp_path / "strange.tsv", ["qqqq\txxxx\t1", "yyyy\tzzzz\t2"])
    told = json.loads(run("evaluate", trained.workspace, "--set", strange, "--vectors", "sgns", "--json").stdout)
    assert told["sgns"][0]["spearman"] is None
    assert "known of 0 of its 2 pairs" in told["sgns"][0]["reason"]
    _, row, why = run("evaluate", trained.workspace, "--set", strange).stdout.splitlines()
    assert row.split() == ["strange", "rho", "-", "-", "0", "of", "2"]
    assert why == "strange: both words are known of 0 of its 2 pairs; a correlation takes 2 or more."


def test_questions_without_a_known_word_have_no_score_and_a_reason(run, trained, tmp_path: Path) -> None:
    strange = write_lines(tmp_path / "strange.txt", [": none", "qqqq xxxx yyyy zzzz"])
    *_, why = run("evaluate", trained.workspace, "--set", strange).stdout.splitlines()
    assert why == "strange: all four words are known of 0 of its 1 questions."


def test_a_first_line_that_may_be_no_names_is_told(run, trained, tmp_path: Path) -> None:
    pairs = write_lines(tmp_path / "pairs.tsv", ["a\tb\tmuch", "a\tc\t2.0", "b\tc\t1.0"])
    asked = run("evaluate", trained.workspace, "--set", pairs)
    assert asked.stderr == f"{pairs}, line 1: 'a b much' was taken for the names of columns, and left out.\n"


def test_a_set_that_cannot_be_read(run, trained, tmp_path: Path) -> None:
    result = run("evaluate", trained.workspace, "--set", tmp_path / "none.tsv")
    assert result.exit_code == 1
    assert "none.tsv cannot be read" in result.stderr


@pytest.mark.parametrize("form", ["word2vec", "word2vec-binary"])
def test_exported_vectors_come_back(run, trained, tmp_path: Path, form: str) -> None:
    target = tmp_path / "vectors"
    result = run("export", trained.workspace, target, "--vectors", "svd", "--context", "add", "--format", form)
    assert result.exit_code == 0, result.output
    read = dsgns.WordVectors.load_word2vec_format(target, binary=form == "word2vec-binary")
    expected = dsgns.open_workspace(trained.workspace).vectors("svd", context="add")
    assert read.index_to_key == expected.index_to_key
    np.testing.assert_array_equal(read.vectors, expected.vectors)


@pytest.mark.parametrize(("name", "binary"), [("v.bin", True), ("v.bin.gz", True), ("v.txt.gz", False), ("v", False)])
def test_the_ending_names_the_format(run, trained, tmp_path: Path, name: str, binary: bool) -> None:
    assert run("export", trained.workspace, tmp_path / name, "--vectors", "svd").exit_code == 0
    read = dsgns.WordVectors.load_word2vec_format(tmp_path / name, binary=binary)
    np.testing.assert_array_equal(read.vectors, dsgns.open_workspace(trained.workspace).vectors("svd").vectors)


def test_an_export_that_cannot_be_written_is_refused(run, trained) -> None:
    result = run("export", trained.workspace, "/proc/nowhere/vectors.txt", "--vectors", "svd")
    assert result.exit_code == 1
    assert "/proc/nowhere/vectors.txt cannot be written" in result.stderr


def test_the_sparse_matrix_goes_to_anndata(run, copied, tmp_path: Path) -> None:
    assert run("ppmi", copied, "-q").exit_code == 0
    result = run("export", copied, tmp_path / "ppmi.h5ad", "--vectors", "ppmi")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "ppmi.h5ad").stat().st_size > 1000
    result = run("export", copied, tmp_path / "ppmi.txt", "--vectors", "ppmi", "--format", "word2vec")
    assert result.exit_code == 2
    assert "anndata only" in result.stderr


def test_every_other_format_and_back(run, trained, tmp_path: Path) -> None:
    first = tmp_path / "v.safetensors"
    assert run("export", trained.workspace, first, "--vectors", "sgns").exit_code == 0
    before = dsgns.open_workspace(trained.workspace).vectors("sgns")
    for name in ("v.parquet", "v.arrow", "v.npy", "v.tsv", "v.h5ad", "v.txt.gz", "w.bin"):
        result = run("convert", first, tmp_path / name)
        assert result.exit_code == 0, result.output
        assert f"{len(before):,} words x 16" in result.stdout
        first = tmp_path / name
    after = dsgns.WordVectors.load(first)
    assert after.index_to_key == before.index_to_key
    np.testing.assert_array_equal(after.vectors, before.vectors)
    assert run("convert", tmp_path / "none.txt", first).exit_code == 1
    assert run("convert", first, tmp_path / "few.vec", "--limit", 3).stdout.endswith("3 words x 16\n")
    assert "cannot be compressed" in run("convert", first, tmp_path / "few.npy.gz").stderr


def test_a_file_that_cannot_be_written(run, trained, tmp_path: Path) -> None:
    result = run("export", trained.workspace, tmp_path / "none" / "v.txt", "--vectors", "svd")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert str(tmp_path / "none") in result.stderr


def test_both_roads_compared(run, copied) -> None:
    vectors = run("similar", copied, "a").stdout
    result = run("compare", copied, "--json", "-q")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told["matrices"]) == {"pmi", "sppmi", "context_sppmi", "svd", "sgns"}
    assert told["matrices"]["pmi"]["regression"]["slope"] == pytest.approx(1)
    lines = run("compare", copied, "-q").stdout.splitlines()
    assert lines[0].startswith("k = 5, ")
    assert lines[-5].startswith("SGNS ")
    assert lines[-3].startswith("objective/pair: ")
    assert run("similar", copied, "a").stdout == vectors, "a comparison leaves the user's own vectors the latest"


def test_a_plan_beside_the_real_thing(run, trained) -> None:
    arguments = (trained.corpus, "--vector-size", 16, "--min-count", 3, "--held-out", 0.05)
    told = json.loads(run("plan", *arguments, "--json").stdout)
    assert told["corpus"]["tokens"] == 40_000
    status = json.loads(run("status", trained.workspace, "--json").stdout)
    made = {stage["stage"] for stage in status["stages"]}
    assert {stage["stage"] for stage in told["stages"]} <= made
    assert "It fits workers of" in run("plan", *arguments).stdout
    tight = run("plan", *arguments, "--memory-limit", "250MiB")
    assert tight.exit_code == 1
    assert "does not fit workers of 250.0 MiB" in tight.stderr
    named = tight.stderr.split("--memory-limit ")[1].rstrip(". \n")
    assert "It fits workers of" in run("plan", *arguments, "--memory-limit", named).stdout
    assert run("plan", *arguments, "--memory-limit", "250MiB", "--json").exit_code == 1


def test_status_shows_the_runs(trained, run) -> None:
    told = run("status", trained.workspace, "--history")
    assert told.exit_code == 0, told.output
    header, line = told.output.splitlines()
    assert header.split() == ["begun", "took", "outcome", "stages", "command"]
    assert " done " in line
    assert "sgns" in line
    assert f"train {trained.corpus} --output {trained.workspace}" in line
    (entry,) = json.loads(run("status", trained.workspace, "--history", "--json").output)["runs"]
    assert {stage["stage"] for stage in entry["stages"]} >= {"vocabulary", "tokens", "counts", "svd", "sgns"}
