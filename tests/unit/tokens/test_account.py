"""The account of a corpus closes, for every file and whatever shards it was read in."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsgns.corpus.ledger import COLUMNS
from dsgns.corpus.report import SOURCES
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import CorpusError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.account import ACCOUNT, SUMS, files_of, require_closed
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.serial import SerialEngine
from tests.support.texts import use_small_steps
from tests.support.wiki.dumps import Entry, export

LINES = [f"word{number % 7} and {number} of http://a.example/{number}" for number in range(300)]
RECORDS = [json.dumps({"text": line}) for line in LINES[:90]] + [
    "{broken",
    '{"other": 1}',
    '{"text": ""}',
    '{"text": 5}',
]
PAGES = [Entry(f"Page {number}", f"words of page {number}") for number in range(20)]
PAGES += [Entry("Talk:A", "words", 1), Entry("B", "#REDIRECT [[Page 1]]"), Entry("Empty", "")]
FILES = {
    "a.txt": "\n".join(LINES).encode() + b"\nnot \xff\xfe here\nnor \xed\xa0\x80 here\0\0\n",
    "b.txt.gz": gzip.compress("\n".join(LINES).encode() + b"\nlatin caf\xe9 here\n"),
    "c.jsonl": "\n".join(RECORDS).encode() + b'\n{"text": "a \xff byte"}\n',
    "d.csv": b"id,text\n1,some words\n2,\n3\n",
    "e.xml.bz2": bz2.compress(export(PAGES)),
    "f.txt": b"",
}
OPTIONS = {"held_out": 0.2, "errors": "skip", "digits": "drop", "urls": "drop"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "text").mkdir()
    for name, data in FILES.items():
        (tmp_path / "text" / name).write_bytes(data)
    return tmp_path / "text"


def made(url: Path, folder: Path, shard_size: int, **options: Any) -> tuple[Output, Output]:
    workspace, engine = Workspace.create(str(url)), SerialEngine(1 << 30, shard_size)
    corpus = prepare_corpus(engine, workspace, [str(folder)], CorpusParameters(**options))
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(3))
    return words, encode_tokens(engine, workspace, corpus, words)


def test_a_mixed_run_is_accounted_for_file_by_file(tmp_path: Path, folder: Path) -> None:
    _, tokens = made(tmp_path / "w", folder, 1 << 20, **OPTIONS)
    files = {Path(file["url"]).name: file for file in files_of(tokens)}
    assert {name: file["bytes"] for name, file in files.items()} == {name: len(data) for name, data in FILES.items()}
    text, records, table, dump = (files[name] for name in ("a.txt", "c.jsonl", "d.csv", "e.xml.bz2"))
    assert (text["stray"], text["out_of_range"], text["surrogate"], text["nul"]) == (0, 2, 3, 2)
    assert text["filtered_documents"] == 2
    assert text["filtered"] == 6
    assert (text["numbers"], text["addresses"]) == (300, 300)
    assert files["b.txt.gz"]["broken_off"] == files["b.txt.gz"]["filtered_documents"] == 1
    assert files["b.txt.gz"]["text_bytes"] == len(gzip.decompress(FILES["b.txt.gz"]))
    kept = {"records": 95, "records_kept": 91, "records_empty": 1, "records_field_missing": 1, "records_broken": 1}
    assert records.items() >= (kept | {"records_no_string": 1, "documents_read": 91, "invalid_bytes": 1}).items()
    assert (table["records"], table["records_kept"], table["records_field_missing"]) == (3, 1, 1)
    assert (dump["pages"], dump["pages_kept"], dump["pages_redirects"], dump["pages_empty"]) == (23, 20, 1, 1)
    assert dump["pages_other_namespaces"] == 1
    assert files["f.txt"]["documents_read"] == files["f.txt"]["tokens_seen"] == 0
    assert sum(file["held_out"] > 0 for file in files.values()) >= 3


def test_the_sums_close_and_are_those_of_all_files(tmp_path: Path, folder: Path) -> None:
    _, tokens = made(tmp_path / "w", folder, 1 << 20, **OPTIONS)
    account, files = tokens.facts["account"], list(files_of(tokens))
    for numbers in (account, *files):
        for total, parts in SUMS.items():
            assert numbers[total] == sum(numbers[part] for part in parts), total
    assert {name: account[name] for name in ACCOUNT} == {name: sum(file[name] for file in files) for name in ACCOUNT}
    assert account["files"] == len(FILES)
    conservation = tokens.facts["conservation"]
    assert {name: account[name] for name in conservation} == conservation
    assert account["bad"]["out_of_range"]["first"][0] == f"{folder}/a.txt, byte {FILES['a.txt'].index(0xFF)}"
    assert account["bad"]["stray"] if account["stray"] else "stray" not in account["bad"]
    assert account["bad"]["nul"] == {"bytes": 2, "first": [f"{folder}/a.txt, byte {at}" for at in _nuls()]}
    assert account["bad"]["broken_off"]["first"][0].startswith(f"{folder}/b.txt.gz, byte ")
    assert account["bad"]["broken_off"]["first"][0].endswith(" of its text")


def _nuls() -> list[int]:
    return [at for at, byte in enumerate(FILES["a.txt"]) if byte == 0]


@pytest.mark.parametrize("document", ["line", "file", "blank-line"])
def test_the_account_is_the_same_from_any_shards(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    use_small_steps(monkeypatch, 500)
    options = OPTIONS | {"document": document, "errors": "replace"}
    found = [made(tmp_path / f"w{size}", folder, size, **options)[1] for size in (1024, 5000, 1 << 20)]
    assert len({len(tokens.facts["block_ids"]) for tokens in found}) == 3
    first, *others = [(tokens.facts["account"], list(files_of(tokens))) for tokens in found]
    for other in others:
        assert other == first


@pytest.mark.parametrize("total", SUMS)
def test_a_sum_that_does_not_close_names_the_file_and_both_sums(total: str) -> None:
    rows = np.zeros((3, len(ACCOUNT)), np.int64)
    rows[1, ACCOUNT.index(total)] = 7
    rows[1, ACCOUNT.index(SUMS[total][0])] = 5
    said = rf"The account of b\.txt does not close: it has 7 {total.replace('_', ' ')}, but 5 .* are 5\."
    if total == "tokens_read":
        rows[1, ACCOUNT.index("tokens_seen")] = 7
    with pytest.raises(CorpusError, match=said):
        require_closed(rows, ["a.txt", "b.txt", "c.txt"])


def test_a_second_reading_that_meets_less_names_the_file(tmp_path: Path, folder: Path) -> None:
    workspace, engine = Workspace.create(str(tmp_path / "w")), SerialEngine(1 << 30, 1 << 20)
    corpus = prepare_corpus(engine, workspace, [str(folder)], CorpusParameters())
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    rows = words.read(SOURCES)["rows"].copy()
    rows[2, COLUMNS.index("tokens")] += 1
    words.write(SOURCES, {"rows": rows}, facts={"columns": COLUMNS})
    with pytest.raises(CorpusError, match=r"changed between two readings: .*c\.jsonl had tokens (\d+) when .* \d+ now"):
        encode_tokens(engine, workspace, corpus, words)


def test_vocabularies_of_before_have_no_account_to_compare_with(tmp_path: Path, folder: Path) -> None:
    workspace, engine = Workspace.create(str(tmp_path / "w")), SerialEngine(1 << 30, 1 << 20)
    corpus = prepare_corpus(engine, workspace, [str(folder)], CorpusParameters())
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    words.remove(SOURCES)
    assert encode_tokens(engine, workspace, corpus, words).facts["account"]["files"] == len(FILES)


def test_an_encoding_that_was_interrupted_is_accounted_for(tmp_path: Path, folder: Path) -> None:
    _, tokens = made(tmp_path / "w", folder, 3000)
    known, files = tokens.facts["account"], list(files_of(tokens))
    tokens.reopen()
    tokens.remove("ids/00001")
    tokens.remove("ledger/00002")
    written = {name: manifest.written for name, manifest in tokens.manifests("ids").items()}
    words, again = made(tmp_path / "w", folder, 3000)
    assert (again.facts["account"], list(files_of(again))) == (known, files)
    now = {name: manifest.written for name, manifest in tokens.manifests("ids").items()}
    assert [name for name in now if now[name] != written.get(name)] == ["ids/00001", "ids/00002"]
    assert not words.manifests("ledger")
