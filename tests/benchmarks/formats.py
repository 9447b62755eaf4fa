"""Records to text: JSON lines, separated values and tables, as they are before words are counted."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from dsgns.corpus.forms import Account, compile_readers, text_of
from dsgns.corpus.sources import find_sources, open_source
from dsgns.parameters import CorpusParameters
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk
from tests.benchmarks.way import Trial, Way

TOKENS = 10_000_000
_WORDS = 300


def contests(desk: Desk) -> Iterator[Contest]:
    """Our readers against the plainest Python that does the same."""
    for name, (write, plainly, peer) in _FORMATS.items():
        path = desk.folder / f"records.{name}"
        write(path, list(_records(desk)))
        ours = Way("dsgns", "dsgns", reading, (path,))
        rival = Way(peer, f"{peer}, each record", plain, (plainly, path))
        size = path.stat().st_size
        what = f"{name} to text in memory, {size / 1e6:.3g} MB"
        yield Contest("formats", what, size, ours, [Rival(rival, require_same_text)], unit="bytes")


def reading(path: Path) -> Trial:
    """Our reader of a file."""
    (source,) = find_sources([str(path)])
    compile_readers({source.form})

    def run() -> list[bytes]:
        with open_source(source.url) as file:
            return list(text_of(file, source, CorpusParameters(), Account()))

    return Trial(run, found=digest)


def plain(texts: Callable[[Path], Iterable[str]], path: Path) -> Trial:
    """Plain Python: the texts as lines."""

    def run() -> list[bytes]:
        return [text.replace("\n", "\v").encode() + b"\n" for text in texts(path) if text]

    return Trial(run, found=digest)


def digest(pieces: list[bytes]) -> str:
    """What tells their text from another."""
    return hashlib.sha256(b"".join(pieces)).hexdigest()


def require_same_text(ours: str, theirs: str) -> str:
    """Byte by byte."""
    assert ours == theirs
    return "texts equal"


def _records(desk: Desk) -> Iterator[dict[str, str | int]]:
    words = desk.text(desk.tokens(TOKENS)).read_text().split()
    for number, start in enumerate(range(0, len(words), _WORDS)):
        lines = (" ".join(words[at : at + 15]) for at in range(start, min(start + _WORDS, len(words)), 15))
        yield {"id": number, "url": f"https://example.org/{number}", "text": ',\n"and" '.join(lines)}


def _write_json(path: Path, records: Iterable[dict[str, str | int]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def _write_csv(path: Path, records: Iterable[dict[str, str | int]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "url", "text"])
        writer.writeheader()
        writer.writerows(records)


def _write_parquet(path: Path, records: list[dict[str, str | int]]) -> None:
    parquet.write_table(pa.Table.from_pylist(records), path, row_group_size=4096)


def _write_arrow(path: Path, records: list[dict[str, str | int]]) -> None:
    table = pa.Table.from_pylist(records)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=1024)


def _from_json(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from (json.loads(line)["text"] for line in file)


def _from_csv(path: Path) -> Iterator[str]:
    with path.open(newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file))


def _from_table(read: Callable[[Path], pa.Table], path: Path) -> Iterator[str]:
    yield from read(path).column("text").to_pylist()


def _read_parquet(path: Path) -> pa.Table:
    return parquet.read_table(path, columns=["text"], use_threads=False)


def _read_arrow(path: Path) -> pa.Table:
    with pa.ipc.open_file(str(path)) as reader:
        return reader.read_all()


_FORMATS = {
    "jsonl": (_write_json, _from_json, "python"),
    "csv": (_write_csv, _from_csv, "python"),
    "parquet": (_write_parquet, partial(_from_table, _read_parquet), "pyarrow"),
    "arrow": (_write_arrow, partial(_from_table, _read_arrow), "pyarrow"),
}
