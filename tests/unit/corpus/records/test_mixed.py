"""All that text is made from, in one run."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from dsgns.corpus import parts
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Engine
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Workspace
from dsgns.store.digest import digests
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.encoding import documents, encoded
from tests.support.wiki.dumps import Entry, export

TEXTS = [[f"w{number % 17}", "\N{SNOWMAN}", f"v{number % 5}"] for number in range(400)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same fifty documents in each of eight formats, other ones each."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    shares = [["\n".join(words) for words in TEXTS[start : start + 50]] for start in range(0, 400, 50)]
    (folder / "a.xml").write_bytes(
        export([Entry(str(at), text.replace("\n", " ")) for at, text in enumerate(shares[0])])
    )
    records = ["".join(json.dumps({"text": text}) + "\n" for text in share).encode() for share in shares[1:3]]
    (folder / "b.jsonl").write_bytes(records[0])
    (folder / "c.json.gz").write_bytes(gzip.compress(records[1]))
    for name, share, delimiter in (("d.csv", shares[3], ","), ("e.tsv", shares[4], "\t")):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([["text"], *([text] for text in share)])
    parquet.write_table(pa.table({"text": shares[5]}), folder / "f.parquet", row_group_size=7)
    with (
        pa.OSFile(str(folder / "g.arrow"), "wb") as file,
        pa.ipc.new_file(file, pa.schema({"text": pa.string()})) as to,
    ):
        to.write_table(pa.table({"text": shares[6]}), max_chunksize=9)
    (folder / "h.txt").write_text("".join(text.replace("\n", " ") + "\n" for text in shares[7]))
    return folder


def test_all_formats_in_one_run(workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 300)
    tokens = encoded(workspace, [str(folder)])
    assert documents(workspace, tokens) == TEXTS
    assert tokens.facts["records"]["first"] is None
    assert (tokens.facts["records"]["kept"], tokens.facts["pages"]["kept"]) == (300, 50)
    assert len(workspace.latest("corpus").plan["sources"]) > 15


@pytest.mark.cluster
def test_the_same_bits_on_two_workers(
    engine: Engine, workspace: Workspace, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 300)
    here = encoded(workspace, [str(folder)], shard_size=4096, held_out=0.2)
    there = Workspace.create(str(tmp_path / "there.dsgns"))
    corpus = prepare_corpus(engine, there, [str(folder)], CorpusParameters(held_out=0.2))
    tokens = encode_tokens(engine, there, corpus, build_vocabulary(engine, there, corpus, VocabularyParameters(1)))
    assert digests(tokens) == digests(here)
    assert tokens.facts["held_out_documents"] > 0
