"""Results go one by one or with all that was made from them, and a removal cut short leaves nothing half."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dsgns.cli import main
from dsgns.corpus import spooled
from dsgns.errors import MissingOutputError, ParameterError, ResultInUseError, WorkspaceBusyError
from dsgns.removal import left_behind, remove
from dsgns.store import Output, Workspace
from dsgns.store.files import Files


@pytest.fixture(params=["local", "memory"])
def workspace(request, tmp_path) -> Workspace:
    return Workspace.create(
        str(tmp_path / "w.dsgns") if request.param == "local" else f"memory://{request.node.name}/w.dsgns"
    )


def make(workspace: Workspace, name: str, *sources: str, complete: bool = True) -> Output:
    output = workspace.output(*name.split("/"))
    inputs = dict(source.split("/") for source in sources)
    output.begin({"grid": [0, 10]}, inputs)
    for block in ("rows/00000", "rows/00001"):
        output.write(block, {"x": np.arange(10)})
    if complete:
        output.finish({"inputs": inputs, "finished": 1.0, "facts": {}})
    return output


@pytest.fixture
def chain(workspace) -> Workspace:
    make(workspace, "tokens/t")
    make(workspace, "counts/c", "tokens/t")
    make(workspace, "svd/s", "counts/c")
    make(workspace, "vectors/v", "svd/s")
    make(workspace, "sgns/g", "tokens/t")
    return workspace


def names(workspace: Workspace) -> set[str]:
    return {
        f"{stage}/{key}" for stage in ("tokens", "counts", "svd", "sgns", "vectors") for key in workspace.keys(stage)
    }


def test_a_result_goes_with_the_vectors_kept_from_reading_it(chain):
    held = Files(chain.url).held("svd/s")
    freed = remove(chain, ["s"])
    assert list(freed) == ["vectors/v", "svd/s"]
    assert freed["svd/s"] == held > 100
    assert names(chain) == {"tokens/t", "counts/c", "sgns/g"}


def test_what_others_were_made_from_stays_unless_they_go_too(chain):
    with pytest.raises(ResultInUseError, match=r"svd/s was made from counts/c\. .*--dependents"):
        remove(chain, ["counts/c"])
    make(chain, "svd/begun", "counts/c", complete=False)
    with pytest.raises(ResultInUseError, match="svd/begun, svd/s were made from"):
        remove(chain, ["counts/c"])
    assert list(remove(chain, ["c"], dependents=True)) == ["vectors/v", "svd/begun", "svd/s", "counts/c"]
    assert names(chain) == {"tokens/t", "sgns/g"}


def test_everything_unfinished_goes_and_nothing_else(chain):
    make(chain, "svd/begun", "counts/c", complete=False)
    chain.output("counts", "c").reopen()
    assert list(remove(chain, unfinished=True)) == ["svd/begun"], "svd/s was made from the counts that are damaged now"
    assert list(remove(chain, caches=True)) == ["vectors/v"]
    assert remove(chain, unfinished=True, caches=True) == {}


def test_a_damaged_result_goes_with_the_vectors_kept_from_reading_it(chain):
    chain.output("svd", "s").reopen()
    assert list(remove(chain, unfinished=True)) == ["vectors/v", "svd/s"]


def test_of_several_keys_those_that_are_gone_are_passed_over(chain):
    remove(chain, ["s"])
    assert list(remove(chain, ["s", "g"])) == ["sgns/g"]
    with pytest.raises(MissingOutputError, match="'s' or 'g'"):
        remove(chain, ["s", "g"])


def test_nothing_goes_when_a_run_begins_to_write_one_of_them_meanwhile(chain, monkeypatch):
    monkeypatch.setattr(Output, "require_free", lambda output: None)
    with chain.output("counts", "c").lease(), pytest.raises(WorkspaceBusyError, match="counts/c"):
        remove(chain, ["c"], dependents=True)
    assert names(chain) == {"tokens/t", "counts/c", "svd/s", "vectors/v", "sgns/g"}
    assert chain.output("vectors", "v").complete


def test_nothing_goes_while_a_run_writes(chain):
    with chain.output("ppmi", "p").lease(), pytest.raises(WorkspaceBusyError, match="ppmi/p"):
        remove(chain, ["s"])
    assert "svd/s" in names(chain)


def test_a_name_is_of_one_result(chain):
    make(chain, "sgns/s", "tokens/t")
    with pytest.raises(ParameterError, match="svd/s, sgns/s"):
        remove(chain, ["s"])
    for key in ("nosuch", "svd/", "counts/s", ""):
        with pytest.raises(MissingOutputError, match="dsgns status"):
            remove(chain, [key])


def test_a_removal_cut_short_leaves_no_block_without_its_plan(workspace, monkeypatch):
    removals, steps = ("remove", "remove_file"), 0
    while True:
        output = make(workspace, "counts/c")
        left = steps

        def cut(files: Files, name: str, plain: Callable[[Files, str], None]) -> None:
            nonlocal left
            if left == 0 and not name.endswith("lease.json"):
                raise KeyboardInterrupt
            left -= 1
            plain(files, name)

        with monkeypatch.context() as patch:
            for removal in removals:
                patch.setattr(Files, removal, partialmethod(cut, plain=getattr(Files, removal)))
            with suppress(KeyboardInterrupt):
                remove(workspace, ["c"])
                break
        if output.manifests():
            assert output.plan == {"grid": [0, 10]}
        assert output.complete == (steps == 0)
        for name in output.manifests():
            assert output.check(name)
        assert set(remove(workspace, ["c"])) == {"counts/c"}
        steps += 1
    assert steps > 4
    assert workspace.keys("counts") == []


def test_the_command_tells_what_it_freed(chain):
    run = CliRunner().invoke
    refused = run(main, ["remove", chain.url, "counts/c"])
    assert (refused.exit_code, "svd/s was made from counts/c" in refused.stderr) == (1, True)
    assert run(main, ["remove", chain.url]).exit_code == 2
    told = json.loads(run(main, ["remove", chain.url, "svd/s", "--json"]).stdout)
    assert set(told["removed"]) == {"svd/s", "vectors/v"}
    assert told["bytes"] == sum(told["removed"].values()) > 0
    done = run(main, ["remove", chain.url, "svd/s", "counts/c", "--dependents"])
    assert done.stderr == f"{chain.url} has nothing of the key svd/s.\n"
    assert done.stdout.splitlines()[0].split() == ["removed", "freed"]
    assert "nothing to remove" in run(main, ["remove", chain.url, "--unfinished", "--caches"]).stdout


@pytest.fixture
def swept(chain) -> Workspace:
    """What a sweep, a comparison and an interruption left beside what was asked for."""
    make(chain, "counts/swept", "tokens/t").put_aside("sweep")
    make(chain, "svd/swept", "counts/swept").put_aside("sweep")
    make(chain, "vectors/swept", "svd/swept")
    make(chain, "counts/compared", "tokens/t").put_aside("compare")
    make(chain, "compare/figures", "counts/compared", "sgns/g")
    make(chain, "counts/used", "tokens/t").put_aside("sweep")
    make(chain, "svd/asked", "counts/used")
    make(chain, "svd/begun", "counts/c", complete=False)
    return chain


def test_what_was_left_behind_goes_and_nothing_that_is_meant(swept):
    told = left_behind(swept)
    assert {name: why for name, (why, _) in told.items()} == {
        "counts/compared": "made by compare",
        "counts/swept": "made by sweep",
        "svd/begun": "unfinished",
        "svd/swept": "made by sweep",
        "compare/figures": "made by compare",
        "vectors/swept": "kept to save time",
        "vectors/v": "kept to save time",
    }
    freed = remove(swept, unfinished=True, caches=True, aside=True)
    assert freed == {name: held for name, (_, held) in told.items()}
    assert names(swept) == {"tokens/t", "counts/c", "counts/used", "svd/s", "svd/asked", "sgns/g"}
    assert left_behind(swept) == {}


def test_copies_of_what_is_left_behind_go_with_it(swept):
    told = left_behind(swept, unfinished=False, caches=False)
    assert set(told) == {"counts/compared", "counts/swept", "svd/swept", "vectors/swept", "compare/figures"}
    assert set(remove(swept, aside=True)) == set(told)


def test_clean_shows_before_it_removes(swept):
    run = CliRunner().invoke
    before = names(swept)
    shown = run(main, ["clean", swept.url])
    assert shown.exit_code == 0, shown.output
    assert "svd/swept" in shown.stdout
    assert shown.stdout.endswith(f"dsgns clean {swept.url} --yes removes it.\n")
    assert names(swept) == before
    kept = json.loads(run(main, ["clean", swept.url, "--yes", "--keep-unfinished", "--json"]).stdout)
    assert "svd/swept" in kept["removed"]
    assert "svd/begun" in names(swept)
    assert run(main, ["clean", swept.url, "-y"]).stdout.splitlines()[1].split()[:2] == ["svd/begun", "unfinished"]
    assert run(main, ["clean", swept.url]).stdout == "There is nothing to remove.\n"


def test_text_that_was_handed_over_goes_with_the_last_corpus_of_it(workspace, monkeypatch):
    monkeypatch.setattr(spooled, "_is_fresh", lambda name, path: False)
    files = Files(workspace.url)
    for name in ("aa", "bb", "cc"):
        files.write(f"spool/{name}.txt", [b"some words"])
    for key, name in (("one", "aa"), ("two", "aa"), ("three", "bb")):
        corpus = workspace.output("corpus", key)
        corpus.begin({"sources": [{"url": f"{workspace.url}/spool/{name}.txt"}]})
        corpus.finish({"inputs": {}, "finished": 1.0, "facts": {}})
    assert left_behind(workspace) == {"spool/cc.txt": ("nothing is made of it", 10)}
    assert list(remove(workspace, ["corpus/one"])) == ["corpus/one"]
    assert list(remove(workspace, ["corpus/two"])) == ["corpus/two", "spool/aa.txt"]
    assert remove(workspace, unfinished=True) == {"spool/cc.txt": 10}
    assert files.list("spool") == ["bb.txt"]
    assert left_behind(workspace) == {}


def test_text_that_was_just_handed_over_stays_on_object_stores_too():
    workspace = Workspace.create("memory://spooled/w.dsgns")
    Files(workspace.url).write("spool/aa.txt", [b"some words"])
    assert Files(workspace.url).modified("spool/aa.txt") == pytest.approx(time.time(), abs=60)
    assert left_behind(workspace) == {}


def test_text_that_is_being_handed_over_stays(tmp_path):
    workspace = Workspace.create(str(tmp_path / "w.dsgns"))
    Files(workspace.url).write("spool/aa.txt", [b"some words"])
    assert left_behind(workspace) == remove(workspace, unfinished=True) == {}
    os.utime(tmp_path / "w.dsgns" / "spool" / "aa.txt", (1, 1))
    assert list(remove(workspace, unfinished=True)) == ["spool/aa.txt"]


def test_text_that_arrives_slowly_is_not_taken_for_left_behind(tmp_path: Path) -> None:
    workspace = Workspace.create(str(tmp_path / "w.dsgns"))
    files = Files(workspace.url)
    for name, age in {"slow.arriving": 3600, "given-up.arriving": 2 * 86_400, "old.txt": 3600}.items():
        files.write(f"spool/{name}", [b"some words"])
        then = time.time() - age
        os.utime(Path(workspace.url) / "spool" / name, (then, then))
    assert sorted(spooled.unneeded(workspace)) == ["spool/given-up.arriving", "spool/old.txt"]
    assert spooled._is_fresh("spool/far.arriving", None)
    assert not spooled._is_fresh("spool/far.txt", None)
