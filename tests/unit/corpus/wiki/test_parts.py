from __future__ import annotations

import bz2
import io
import re
from pathlib import Path

import pytest

from dsgns.corpus import parts
from dsgns.corpus.forms import split_sources
from dsgns.corpus.serial import read_serially
from dsgns.corpus.sources import Source, find_sources
from dsgns.corpus.wiki import parts as cuts
from dsgns.corpus.wiki.dump import PageReport, read_dump
from dsgns.errors import CorpusError
from dsgns.parameters import CorpusParameters
from tests.support.served import served
from tests.support.wiki.dumps import Entry, export, multistream

ENTRIES = [Entry(f"Page {number}", f"{number:x} is '''number''' {number**9}. " * 9) for number in range(90)]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 700)
    monkeypatch.setattr(cuts, "_WINDOW", 600)
    monkeypatch.setattr(cuts, "_STEP", 100)


def text(sources: list[Source]) -> list[bytes]:
    found = []
    for source in sources:
        with open(source.url, "rb") as file:
            found.append(b"".join(read_dump(file, source, CorpusParameters(), PageReport())))
    return found


def split(path: Path, data: bytes) -> list[Source]:
    path.write_bytes(data)
    return split_sources(find_sources([str(path)]))


def test_a_multistream_dump_is_read_in_parts_that_make_up_the_whole(tmp_path: Path) -> None:
    data = multistream(ENTRIES, 4)
    found = split(tmp_path / "a-multistream.xml.bz2", data)
    assert len(found) > 5
    assert [source.start for source in found[1:]] == [source.start + source.size for source in found[:-1]]
    assert sum(source.size for source in found) == len(data)
    (whole,) = split(tmp_path / "a.xml", export(ENTRIES))
    assert b"".join(text(found)) == text([whole])[0]
    assert all(text(found))
    assert read_serially(found) == []


@pytest.mark.parametrize("level", [1, 9])
def test_streams_that_are_not_cut_at_pages_are_read_as_one(tmp_path: Path, level: int) -> None:
    data = export(ENTRIES)
    blocks = b"".join(bz2.compress(data[start : start + 2000], level) for start in range(0, len(data), 2000))
    for number, packed in enumerate([blocks, bz2.compress(data, level)]):
        found = split(tmp_path / f"{number}.xml.bz2", packed)
        assert len(found) == 1
        assert number or "0.xml.bz2 is read by one worker" in read_serially(found)[0]
        (whole,) = split(tmp_path / "a.xml", data)
        assert text(found) == text([whole])


def test_what_only_looks_like_a_stream_is_no_place_to_cut(tmp_path: Path) -> None:
    data = multistream(ENTRIES[:8], 4)
    decoy = b"BZh91AY&SY" + bytes(900)
    source = split(tmp_path / "a.xml.bz2", data + decoy)
    assert all(part.start < len(data) for part in source)


def test_other_sources_stay_as_they_are() -> None:
    export = Source("c.xml.gz", 9000, "", "gz", "export")
    sources = [Source("a.txt", 9000, ""), Source("b.bz2", 9000, "", "bz2"), export]
    assert split_sources(sources) == sources
    (told,) = read_serially([*sources, Source("d.xml", 9000, "", "", "export")])
    assert told.startswith("c.xml.gz and 1 more are each read by one worker from beginning to end. Only dumps of many")


def test_records_that_cannot_be_cut_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_PART", 8000)
    small, lines = Source("a.csv", 8000, "", "", "csv"), Source("b.jsonl", 4000, "", "", "json")
    cut = [lines, Source("b.jsonl", 9000, "", "", "json", start=4000)]
    assert read_serially([small, *cut]) == []
    (told,) = read_serially([small, *cut, Source("c.jsonl.gz", 9000, "", "gz", "json")])
    assert told.startswith("c.jsonl.gz is read by one worker from beginning to end. Separated values, compressed JSON")


def test_nothing_is_said_of_dumps_too_small_to_be_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = multistream(ENTRIES, 4)
    monkeypatch.setattr(parts, "LEAST_PART", len(data))
    assert read_serially(split(tmp_path / "a-multistream.xml.bz2", data)) == []
    assert read_serially([Source("b.xml", parts.LEAST_PART, "", "", "export")]) == []


def test_a_store_that_fails_is_not_taken_for_a_stream_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xml.bz2"
    path.write_bytes(multistream(ENTRIES, 4))
    sources = find_sources([str(path)])

    class FailsOnce(io.BytesIO):
        failed = False

        def read(self, size: int | None = -1) -> bytes:
            if not self.failed:
                self.failed = True
                raise OSError("the connection was reset")
            return super().read(size)

    monkeypatch.setattr(cuts, "open_source", lambda _: FailsOnce(path.read_bytes()))
    with pytest.raises(OSError, match="connection was reset"):
        split_sources(sources)


def _indexed(entries: int, pages: int) -> tuple[bytes, list[int], bytes]:
    """A multistream dump, where its streams begin that hold pages, and its index."""
    data = multistream(ENTRIES[:entries], pages)
    starts = [found.start() for found in re.finditer(rb"BZh9", data)][1:-1]
    lines = [f"{starts[page // pages]}:{page}:Page {page}\n" for page in range(entries)]
    return data, starts, bz2.compress("".join(lines).encode())


def test_a_dump_is_cut_where_its_index_says_that_streams_begin(tmp_path: Path) -> None:
    data, starts, index = _indexed(90, 4)
    (tmp_path / "x-multistream-index.txt.bz2").write_bytes(index)
    (tmp_path / "x-multistream.xml.bz2").write_bytes(data)
    for given in (tmp_path, tmp_path / "*.bz2"):
        found = split_sources(find_sources([str(given)]))
        assert {part.url for part in found} == {str(tmp_path / "x-multistream.xml.bz2")}, "an index is no text"
        assert len(found) > 5
        assert {part.start for part in found[1:]} <= set(starts)


def test_a_dump_behind_a_url_with_its_index_beside_it() -> None:
    data, starts, index = _indexed(90, 4)
    dump, beside = "x-multistream1.xml-p1p9.bz2", "x-multistream-index1.txt-p1p9.bz2"
    with served({dump: data, beside: index}) as address:
        found = split_sources(find_sources([f"{address}/{dump}", f"{address}/{beside}"]))
        assert {part.url for part in found} == {f"{address}/{dump}"}
        assert len(found) > 5
        assert {part.start for part in found[1:]} <= set(starts)


def test_an_index_without_its_dump_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "x-multistream-index.txt.bz2").write_bytes(_indexed(9, 4)[2])
    with pytest.raises(CorpusError, match=r"x-multistream-index\.txt\.bz2 is the index of .*x-multistream\.xml\.bz2"):
        find_sources([str(tmp_path)])
