"""What subsampling left out is told of each file, to the token, whoever trained it and wherever text was cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsgns.errors import CorpusError
from dsgns.parameters import SGNSParameters
from dsgns.sgns import schedule, stage_subsampled, task_subsampled
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.stage import train
from dsgns.sgns.stage_subsampled import tell_subsampled
from dsgns.sgns.subsampled import subsampled_by_file
from dsgns.status import status
from dsgns.store import Output, Workspace
from dsgns.tokens.stream import TokenStream
from tests.support.corpora import zipf_lines
from tests.support.encoding import encoded
from tests.support.serial import SerialEngine

PARAMETERS = SGNSParameters(vector_size=8, window=2, negative=2, sample=1e-3, epochs=3)
FILES = {"a.txt": (0, 90), "b.txt": (90, 90), "c.txt": (90, 91), "d.txt": (91, 400)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    lines = zipf_lines(8_000, types=150)
    for name, (first, last) in FILES.items():
        (tmp_path / "text" / name).write_text("".join(f"{line}. And more\n" for line in lines[first:last]))
    return tmp_path / "text"


def expected(tokens: Output, workspace: Workspace, parameters: SGNSParameters) -> list[int]:
    """Each token of each file asked for by itself."""
    corpus = Corpus(tokens, workspace.output("vocabulary", tokens.facts["vocabulary"]))
    training, stream = corpus.training(parameters), TokenStream(tokens)
    ids, left_out = stream.read(0, stream.length), [0] * len(FILES)
    ends = np.cumsum(tokens.read("sources", "ids")["ids"])
    assert ends[-1] == ids.size
    words, offsets = np.empty((2, 1), np.int32)
    for epoch in range(parameters.epochs):
        draws = training.draws(epoch)
        for place, word in enumerate(ids):
            if not task_subsampled.subsample(np.array([word], np.int32), place, draws, words, offsets):
                left_out[int(np.searchsorted(ends, place, side="right"))] += 1
    return left_out


def test_files_add_up_to_what_the_training_left_out(
    workspace: Workspace, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_subsampled, "REPLAYED", 3000)
    monkeypatch.setattr(task_subsampled, "READ_TOKENS", 700)
    tokens = encoded(workspace, [str(folder)], shard_size=2000, sentences=True)
    trained = train(SerialEngine(1 << 30), workspace, tokens, PARAMETERS)
    told = subsampled_by_file(trained, len(FILES))
    assert told is not None
    assert told.tolist() == expected(tokens, workspace, PARAMETERS)
    assert told[1] == 0 < told[2] < told[0]
    assert told.sum() == trained.facts["subsampled"]
    assert len(trained.manifests("subsampled")) > 2
    assert [file["subsampled"] for file in status(workspace, files=True)["files"]] == told.tolist()

    monkeypatch.setattr(schedule, "_WARM_TOKENS", 1000)
    several = replace(PARAMETERS, replicas=3, round_tokens=400)
    other = Workspace.create(str(tmp_path / "other"))
    again = train(SerialEngine(1 << 30), other, encoded(other, [str(folder)], sentences=True), several)
    found = subsampled_by_file(again, len(FILES))
    assert found is not None
    assert found.tolist() == told.tolist(), "the draws are keyed by position"


def test_nothing_is_told_where_nothing_is_left_out(workspace: Workspace, folder: Path) -> None:
    tokens = encoded(workspace, [str(folder)])
    trained = train(SerialEngine(1 << 30), workspace, tokens, replace(PARAMETERS, sample=0.0, epochs=1))
    assert subsampled_by_file(trained, len(FILES)) is None
    assert "subsampled" not in status(workspace, files=True)["files"][0]


def test_an_account_that_does_not_close_is_an_error(workspace: Workspace, folder: Path) -> None:
    tokens, engine = encoded(workspace, [str(folder)]), SerialEngine(1 << 30)
    corpus = Corpus(tokens, workspace.output("vocabulary", tokens.facts["vocabulary"]))
    with engine.produce(workspace.output("sgns", "some"), parameters={}, inputs={}) as job:
        with pytest.raises(CorpusError, match=r"left out 1 tokens, and those of all files are \d\d+"):
            tell_subsampled(job, corpus, PARAMETERS, 1)
