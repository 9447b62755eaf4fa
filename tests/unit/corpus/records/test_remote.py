"""What is text, records and dumps on a disk is so behind a URL."""

from __future__ import annotations

import gzip
import io
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet

from dsgns.corpus import parts
from dsgns.errors import CorpusError, SourceNotFoundError
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded
from tests.support.served import served
from tests.support.wiki.dumps import Entry, multistream

TEXTS = [[f"w{number % 17}", f"v{number % 5}"] for number in range(60)]
_ROWS = [" ".join(words) for words in TEXTS]


def _written(write: object) -> bytes:
    file, table = io.BytesIO(), pa.table({"text": _ROWS})
    if write is parquet:
        parquet.write_table(table, file, row_group_size=7)
    else:
        with pa.ipc.new_file(file, table.schema) as to:
            to.write_table(table, max_chunksize=9)
    return file.getvalue()


FILES = {
    "a.txt.xz": lzma.compress("\n".join(_ROWS).encode()),
    "b.jsonl.gz": gzip.compress("".join(json.dumps({"text": text}) + "\n" for text in _ROWS).encode()),
    "c.csv.zst": zstandard.ZstdCompressor().compress("".join(f"{text}\n" for text in ["text", *_ROWS]).encode()),
    "d.parquet": _written(parquet),
    "e.arrow": _written(pa.ipc),
    "viwiki-pages-articles-multistream.xml.bz2": multistream([Entry(text, text) for text in _ROWS], 7),
}


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few hundred bytes come in parts."""
    monkeypatch.setattr(parts, "LEAST_PART", 300)


@pytest.fixture
def in_memory() -> Iterator[str]:
    """The files in fsspec's store that lies in memory."""
    store = fsspec.filesystem("memory")
    for name, data in FILES.items():
        store.pipe(f"/records/{name}", data)
    yield "memory://records"
    store.rm("/records", recursive=True)


def test_a_folder_of_a_store(workspace: Workspace, in_memory: str) -> None:
    tokens = encoded(workspace, [in_memory])
    assert documents(workspace, tokens) == TEXTS * len(FILES)
    assert len(workspace.latest("corpus").plan["sources"]) > len(FILES), "none was cut in parts"


def test_files_of_a_web_server(workspace: Workspace) -> None:
    with served(FILES) as address:
        tokens = encoded(workspace, [f"{address}/{name}" for name in FILES])
        with pytest.raises(SourceNotFoundError, match=r"/nothing\.txt names no file"):
            encoded(workspace, [f"{address}/nothing.txt"])
    assert documents(workspace, tokens) == TEXTS * len(FILES)


def test_a_web_server_that_gives_no_parts(workspace: Workspace, tmp_path: Path) -> None:
    # Short files are fetched whole; of a long one the end cannot be reached.
    with served(
        {"d.parquet": FILES["d.parquet"], "e.arrow": FILES["e.arrow"] + bytes(9 << 20)}, ranges=False
    ) as address:
        assert documents(workspace, encoded(workspace, [f"{address}/d.parquet"])) == TEXTS
        with pytest.raises(CorpusError, match=r"e\.arrow can be read from its beginning only .* a copy of it"):
            encoded(workspace, [f"{address}/e.arrow"])
