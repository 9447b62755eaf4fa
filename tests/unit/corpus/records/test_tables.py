from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from dsgns.corpus import parts
from dsgns.corpus.forms import Account, split_sources, text_of
from dsgns.corpus.records import batches, tables
from dsgns.corpus.records.report import RecordReport
from dsgns.corpus.sources import Source, find_sources
from dsgns.errors import CorpusError, MissingExtraError, TruncatedSourceError
from dsgns.parameters import CorpusParameters
from dsgns.sampling import read_sample
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded
from tests.unit.corpus.test_decoding import PACKERS

TEXTS = [
    f"row {number}\nhas {number % 7} snow\N{SNOWMAN}" if number % 10 else (None if number else "")
    for number in range(100)
]
LINES = "".join(text.replace("\n", "\v") + "\n" for text in TEXTS if text).encode()


def write(path: Path, table: pa.Table, rows: int = 9) -> str:
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=rows)
    else:
        new = pa.ipc.new_stream if path.stem == "stream" else pa.ipc.new_file
        with pa.OSFile(str(path), "wb") as file, new(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=rows)
    return str(path)


def read(sources: list[Source], **options: str) -> tuple[list[bytes], Account]:
    account, texts = Account(), []
    for source in sources:
        with open(source.url, "rb") as file:
            texts.append(b"".join(text_of(file, source, CorpusParameters(**options), account)))
    return texts, account


KINDS = [
    pa.string(),
    pa.large_string(),
    pa.binary(),
    pa.large_binary(),
    pa.dictionary(pa.int32(), pa.string()),
    pa.dictionary(pa.uint8(), pa.large_string()),
    pa.string_view(),
]
NAMES = ["a.parquet", "a.arrow", "a.feather", "stream.arrow"]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_each_row_is_a_line_whatever_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: pa.DataType
) -> None:
    monkeypatch.setattr(batches, "ROWS", 4)
    monkeypatch.setattr(batches, "BATCH", 50)
    table = pa.table({"id": list(range(100)), "text": pa.array(TEXTS).cast(kind)})
    url = write(tmp_path / name, table, 100 if pa.types.is_dictionary(kind) and "arrow" in name else 9)
    whole = find_sources([url])
    for least in (200, 1, 1 << 20):
        monkeypatch.setattr(parts, "LEAST_PART", least)
        found = split_sources(whole)
        assert sum(source.size for source in found) == whole[0].size
        texts, account = read(found)
        assert b"".join(texts) == LINES
        assert (account.records.records, account.records.kept, account.records.empty) == (100, 90, 10)
        if least == 1 and name != "stream.arrow" and not pa.types.is_dictionary(kind):
            assert len(found) == 12
            assert all(texts)
    assert read(whole, document="blank-line")[0] == [LINES.replace(b"\n", b"\n\n")]


def test_tables_without_rows_or_with_nothing_but_nulls(tmp_path: Path) -> None:
    for name in NAMES:
        for table in (pa.table({"text": pa.array([], pa.string())}), pa.table({"text": pa.nulls(3)})):
            assert read(find_sources([write(tmp_path / name, table)]))[0] == [b""]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("body", "has no column 'body'; it has id, text, ids. Name the one that holds the text with --column"),
        ("7", "has no column '7'; it has id, text, ids."),
        (
            "id",
            "The column 'id' of {} holds int64, no strings. Name the one that holds the text with --column, or leave",
        ),
        ("3", "The column 'ids' of {} holds list<"),
    ],
)
def test_a_column_that_is_none(workspace: Workspace, tmp_path: Path, name: str, column: str, told: str) -> None:
    url = write(tmp_path / name, pa.table({"id": [1], "text": ["a"], "ids": [[1]]}))
    with pytest.raises(CorpusError, match=re.escape(told.format(url))):
        encoded(workspace, [url], column=column)
    assert not workspace.keys("corpus")


@pytest.mark.parametrize("name", NAMES)
def test_a_table_that_is_not_whole(workspace: Workspace, tmp_path: Path, name: str) -> None:
    path = Path(write(tmp_path / name, pa.table({"text": TEXTS})))
    path.write_bytes(path.read_bytes()[:-100] if name != "stream.arrow" else path.read_bytes()[:1500])
    kind = "a Parquet" if name == "a.parquet" else "an Arrow"
    with pytest.raises(TruncatedSourceError, match=rf"{path} is {kind} table that cannot be read: .*not copied whole"):
        encoded(workspace, [str(path)])


def test_bytes_that_are_damaged_within(workspace: Workspace, tmp_path: Path) -> None:
    path = Path(write(tmp_path / "a.parquet", pa.table({"text": TEXTS})))
    data = bytearray(path.read_bytes())
    data[30:200] = bytes(170)
    path.write_bytes(data)
    with pytest.raises(TruncatedSourceError, match=r"a.parquet is a Parquet table that cannot be read"):
        encoded(workspace, [str(path)])


def test_feather_of_the_first_version_is_read_in_other_ways(tmp_path: Path) -> None:
    (tmp_path / "a.feather").write_bytes(b"FEA1" + bytes(90))
    with pytest.raises(CorpusError, match="it looks like a Feather table of the first version"):
        find_sources([str(tmp_path / "a.feather")])


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", NAMES)
def test_tables_may_be_compressed_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, packer: str
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 1)
    packed = tmp_path / f"{name}.{packer}"
    packed.write_bytes(PACKERS[packer](Path(write(tmp_path / name, pa.table({"text": TEXTS}))).read_bytes()))
    (source,) = split_sources(find_sources([str(packed)]))
    assert read([source])[0] == [LINES]
    assert read_sample([str(packed)], CorpusParameters()).tokens == 5 * LINES.count(b"\n")
    packed.write_bytes(packed.read_bytes()[:-40])
    with pytest.raises(TruncatedSourceError, match=rf"{name}\.{packer}"):
        read(find_sources([str(packed)]))


def test_bad_bytes_of_a_binary_column_are_counted(workspace: Workspace, tmp_path: Path) -> None:
    url = write(tmp_path / "a.parquet", pa.table({"text": pa.array([b"a \xff b", b"c\0d"])}))
    tokens = encoded(workspace, [url])
    assert documents(workspace, tokens) == [["a", "\ufffd", "b"], ["c", "d"]]
    assert (tokens.facts["invalid_bytes"], tokens.facts["nul_bytes"]) == (1, 1)


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_rows_are_cut_by_their_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: pa.DataType
) -> None:
    monkeypatch.setattr(batches, "BATCH", 40_000)
    texts = ["a" * 10_000, "b" * 9_999, None] * 40
    source, account = (
        find_sources([write(tmp_path / name, pa.table({"text": pa.array(texts).cast(kind)}), 120)])[0],
        Account(),
    )
    with open(source.url, "rb") as file:
        pieces = list(text_of(file, source, CorpusParameters(), account))
    assert b"".join(pieces) == b"".join(text.encode() + b"\n" for text in texts if text)
    assert max(map(len, pieces)) < 60_000
    assert account.records.kept == 80


@pytest.mark.parametrize("name", NAMES)
def test_a_row_that_is_too_long_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for module in (batches, tables):
        monkeypatch.setattr(module, "LONGEST_RECORD", 100)
    sources = find_sources([write(tmp_path / name, pa.table({"text": ["a", "b" * 100, "c" * 101, "d"]}), 2)])
    texts, account = read(sources)
    assert texts == [b"a\n" + b"b" * 100 + b"\nd\n"]
    told = f"{sources[0].url}, row 3: it is longer than 0 MiB"
    assert account.records == RecordReport(records=4, kept=3, broken=1, first=told)
    with pytest.raises(CorpusError, match="row 3: it is longer"):
        read(sources, errors="strict")


@pytest.mark.parametrize("packed", [None, "lz4"])
@pytest.mark.parametrize("name", ["a.arrow", "stream.arrow"])
def test_a_batch_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, packed: str | None
) -> None:
    monkeypatch.setattr(batches, "LONGEST_BATCH", 200_000)
    table = pa.table({"text": ["a" * 1000] * 400})
    new = pa.ipc.new_stream if name.startswith("stream") else pa.ipc.new_file
    for rows in (100, 400):
        with (
            pa.OSFile(str(tmp_path / name), "wb") as file,
            new(file, table.schema, options=pa.ipc.IpcWriteOptions(compression=packed)) as writer,
        ):
            writer.write_table(table, max_chunksize=rows)
        if rows == 100:
            assert read(find_sources([str(tmp_path / name)]))[1].records.kept == 400
    with pytest.raises(CorpusError, match=r"has a record batch of more than 0 MiB.*max_chunksize=1000"):
        read(find_sources([str(tmp_path / name)]))


def test_a_sample_is_of_the_text(tmp_path: Path) -> None:
    url = write(tmp_path / "a.parquet", pa.table({"text": ["some words"] * 9, "more": ["and others"] * 9}))
    assert read_sample([url], CorpusParameters()).tokens == 18


def test_the_package_that_reads_tables_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = write(tmp_path / "a.parquet", pa.table({"text": ["a"]}))
    there = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return there(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"is a Parquet table, which pyarrow reads. `pip install '.\[arrow\]'`"):
        read(find_sources([url]))
