from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
from collections.abc import Callable
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus import forms, parts
from dsgns.corpus.forms import find_text
from dsgns.corpus.records import json_lines
from dsgns.corpus.records.json_lines import JsonLines, whole_lines
from dsgns.corpus.records.report import RecordReport
from dsgns.errors import CorpusError, EncodingError, ParameterError
from dsgns.parameters import CorpusParameters
from dsgns.sampling import read_sample
from dsgns.status import status
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded

GOOD = b'{"text": "some words"}'


def read(data: bytes, step: int = 1 << 20, start: int = 0, **options: str) -> tuple[bytes, dict[str, Any]]:
    """The text, and those numbers of the report that are not 0."""
    report = RecordReport()
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    text = b"".join(JsonLines("a.jsonl", start, CorpusParameters(**options), report).read(pieces))
    counted = asdict(report)
    first = counted.pop("first")
    assert counted.pop("records") == sum(counted.values())
    return text, {name: number for name, number in counted.items() if number} | ({"first": first} if first else {})


def test_each_record_is_a_line() -> None:
    data = b'{"id": 1, "text": "one\\ntwo"}\n{"text": "\\u00e9 \xf0\x9f\x98\x80", "more": [{"text": 3}]}\r\n'
    text, became = read(data)
    assert text == b"one\vtwo\n" + "é 😀\n".encode()
    assert became == {"kept": 2}
    assert read(data, document="blank-line")[0] == b"one\vtwo\n\n" + "é 😀\n\n".encode()


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ('{"page": {"text": "a"}}', "a"),
        ('{"page": {"text": "a"}, "page": {"text": "b"}}', "b"),
        ('{"page": {"text": null}}', None),
        ('{"page": {}}', None),
        ('{"page": null}', None),
        ('{"page": "a"}', None),
        ('{"page.text": "a"}', None),
    ],
)
def test_a_field_within_another(record: str, text: str | None) -> None:
    found, became = read(record.encode(), field="page.text")
    assert found == (f"{text}\n".encode() if text else b"")
    assert next(iter(became)) == ("kept" if text else "empty" if '"text": null' in record else "field_missing")


LEFT_OUT = [
    (b'{"text": "a"', "broken", "it is no JSON object"),
    (b"words", "broken", "it is no JSON object"),
    (b'{"text": "a"} {"text": "b"}', "broken", "it is no JSON object"),
    (b'{"text": "a"},', "broken", "it is no JSON object"),
    (b"{" * 100_000, "broken", "it is no JSON object"),
    (b'{"more": ' + b"[" * 100_000, "broken", "it is no JSON object"),
    (b'["text"]', "broken", "an array begins there; `jq -c '.[]'` writes its elements a line each"),
    (b"3", "broken", "it is no JSON object"),
    (b"null", "broken", "it is no JSON object"),
    (b"{}", "field_missing", "it has no field 'text'"),
    (b'{"TEXT": "a", "n": 1}', "field_missing", "it has no field 'text'; it has TEXT, n"),
    (b'{"text": 3}', "no_string", "its field 'text' is no string"),
    (b'{"text": ["a", "b"]}', "no_string", "its field 'text' is no string"),
    (b'{"text": "a", "text": {}}', "no_string", "its field 'text' is no string"),
    (b'{"text": "%s"}' % (b"x " * 5000), "broken", "it is longer than 0 MiB"),
]


@pytest.mark.parametrize(("line", "became", "why"), LEFT_OUT)
def test_a_record_that_cannot_be_used_is_counted_or_told(
    line: bytes, became: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_STEP", 1000)
    monkeypatch.setattr(json_lines, "LONGEST_RECORD", 1 << 20 if len(line) > 90_000 else 8000)
    data = b"\n".join([GOOD, b"", line, GOOD, line])
    for errors in ("replace", "skip"):
        expected = {"kept": 2, became: 2, "first": f"a.jsonl, line 3: {why}"}
        assert read(data, errors=errors) == (b"some words\n" * 2, expected)
    with pytest.raises(CorpusError) as caught:
        read(data, errors="strict")
    assert str(caught.value) == (
        f"a.jsonl, line 3: {why}. Repair it, or give --errors replace or skip: such records are left out then, and "
        "counted."
    )


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"text": "a\tb", "n": NaN}', b"a\tb\n"),
        (b'{"n": 1e999999, "text": "a", "m": %s}' % (b"9" * 4000), b"a\n"),
        (b'\xef\xbb\xbf{"text": "a"}', b"a\n"),
        (b'{"text": "a", "text": "b"}', b"b\n"),
        (b'{"t\xff": 1, "text": "a"}', b"a\n"),
        (b' \t{"text" : "a" }\r', b"a\n"),
    ],
)
def test_what_others_write_is_read(line: bytes, text: bytes) -> None:
    assert read(line + b"\n") == (text, {"kept": 1})


@pytest.mark.parametrize(
    ("line", "text", "told"),
    [
        (b'{"text": "a\xff \xe2\x82 b"}', b"a\xff \xe2\x82 b\n", "bytes or an escape that are no UTF-8"),
        (b'{"text": "a\\ud800 \xff b"}', b"a\xed\xa0\x80 \xff b\n", "bytes or an escape that are no UTF-8"),
        (b'{"text": "a\\u0000b"}', b"a\0b\n", "its text holds a NUL"),
        (b'{"text": "a\0b"}', b"a\0b\n", "its text holds a NUL"),
    ],
)
def test_bad_bytes_are_left_to_the_readers_of_text(line: bytes, text: bytes, told: str) -> None:
    assert read(GOOD + b"\n" + line) == (b"some words\n" + text, {"kept": 2})
    with pytest.raises(EncodingError, match=f"a.jsonl, line 2: .*{told}.*let --errors replace"):
        read(GOOD + b"\n" + line, errors="strict")


def test_lines_of_a_part_are_told_from_its_beginning() -> None:
    assert read(b"\nwords\n", start=700)[1]["first"] == "a.jsonl, line 2 after byte 700: it is no JSON object"


SCRAPS = [GOOD, b'{"text": "\\n\xff"}', b'{"text": ""}', b'{"text": null}', b"{}", b"{", b"", b" ", b'{"text": "b"}\r']


@settings(max_examples=200, deadline=None)
@given(lines=st.lists(st.sampled_from(SCRAPS), max_size=12), step=st.integers(1, 50))
def test_the_same_as_line_by_line(lines: list[bytes], step: int) -> None:
    data = b"\n".join(lines)
    whole, became = read(data)
    assert read(data, step) == (whole, became)
    expected = [text for line in lines if (text := plainly(line))]
    assert whole.splitlines() == [text for document in expected for text in document.splitlines()]
    assert became.get("kept", 0) == len(expected)


def plainly(line: bytes) -> bytes:
    try:
        found = json.loads(line.decode("utf-8", "surrogateescape")).get("text")
    except ValueError:
        return b""
    return (found or "").encode("utf-8", "surrogateescape").replace(b"\n", b"\v")


@settings(max_examples=100, deadline=None)
@given(data=st.lists(st.sampled_from([b"a", b"bc" * 20, b"\n"]), max_size=60).map(b"".join), step=st.integers(1, 90))
def test_lines_are_never_broken_and_none_is_lost(data: bytes, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "_STEP", 16)
        patch.setattr(json_lines, "LONGEST_RECORD", 64)
        found = list(whole_lines(data[at : at + step] for at in range(0, len(data), step)))
    assert all(piece is None or piece.endswith(b"\n") for piece in found[:-1])
    lost = sum(piece is None for piece in found)
    if not lost:
        assert b"".join(piece or b"" for piece in found) == data
    assert lost <= sum(len(line) >= 48 for line in data.split(b"\n"))
    assert all(line in b"".join(piece or b"" for piece in found) for line in data.split(b"\n") if len(line) < 48)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.NDJSON", "a.json", "a.jsonl.gz", "a.json.bz2", "a.ndjson.xz", "a.jsonl.zst"]
)
def test_a_run_over_records(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 500)
    expected = [["word", str(number % 7), "\N{SNOWMAN}" * (number % 5 + 1)] for number in range(100)]
    lines = [json.dumps({"id": 1, "text": "\n".join(words)}, ensure_ascii=False) for words in expected]
    lines[70] = "{1"
    data = "\n".join(lines).encode()
    (tmp_path / name).write_bytes(PACKERS.get(Path(name).suffix, bytes)(data))
    tokens = encoded(workspace, [str(tmp_path / name)])
    assert documents(workspace, tokens) == expected[:70] + expected[71:]
    known = status(workspace)["records"]
    assert (known["records"], known["kept"], known["broken"]) == (100, 99, 1)
    sources = workspace.latest("corpus").plan["sources"]
    assert (len(sources) > 5) == (name.count(".") == 1)
    where, after = re.fullmatch(
        rf"{tmp_path / name}, line (\d+)(?: after byte (\d+))?: it is no JSON object", known["first"]
    ).groups()
    assert data[int(after or 0) :].splitlines()[int(where) - 1] == b"{1"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            b'{"body": "words"}\n' * 9,
            "9 records looked at. {}, line 1: it has no field 'text'; it has body. --field names the field",
        ),
        (b'{"text": 3}\n', "1 record looked at. {}, line 1: its field 'text' is no string."),
        (
            b'[{"text": "words"},\n {"text": "more"}]',
            "2 records looked at. {}, line 1: an array begins there; `jq -c '.[]'` writes its elements a line each.",
        ),
        (
            b'{\n  "text": "words"\n}\n',
            "3 records looked at. {}, line 1: it goes on over several lines; `jq -c .` writes each record in one.",
        ),
    ],
)
def test_a_file_without_any_text_is_refused_before_anything_is_made(
    workspace: Workspace, tmp_path: Path, data: bytes, told: str
) -> None:
    (tmp_path / "a.jsonl").write_bytes(data)
    with pytest.raises(CorpusError, match=re.escape("No text was found in " + told.format(tmp_path / "a.jsonl"))):
        encoded(workspace, [str(tmp_path / "a.jsonl")])
    assert not workspace.keys("corpus")


def test_records_of_which_none_is_text_are_refused_however_late(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_LOOKED_AT", 0)
    (tmp_path / "a.jsonl").write_bytes(b"{}\n" * 3)
    find_text([str(tmp_path / "a.jsonl")], CorpusParameters())
    with pytest.raises(CorpusError, match="No text was found in 3 records that were read"):
        encoded(workspace, [str(tmp_path / "a.jsonl")])


def test_text_that_comes_late_is_read(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_LOOKED_AT", 2)
    monkeypatch.setattr(json_lines, "_STEP", 64)
    (tmp_path / "a.jsonl").write_bytes(b'{"body": "none"}\n' * 40 + GOOD)
    assert documents(workspace, encoded(workspace, [str(tmp_path / "a.jsonl")])) == [["some", "words"]]


def test_what_a_file_is_can_be_said(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(GOOD)
    (tmp_path / "b.json").write_bytes(GOOD)
    as_text = [['{"text":', '"some', 'words"}']]
    for option, found in {
        "auto": [*as_text, ["some", "words"]],
        "text": as_text * 2,
        "json": [["some", "words"]] * 2,
    }.items():
        tokens = encoded(workspace, [str(tmp_path / "a.txt"), str(tmp_path / "b.json")], input_format=option)
        assert documents(workspace, tokens) == found
    with pytest.raises(ParameterError, match="input_format is 'xml'; it must be one of auto, text, json"):
        CorpusParameters(input_format="xml")


@pytest.mark.parametrize(("document", "number"), [("line", 3), ("blank-line", 3), ("file", 2)])
def test_what_a_document_is(workspace: Workspace, tmp_path: Path, document: str, number: int) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "one\\n\\ntwo"}\n{"text": "three"}\n')
    (tmp_path / "b.txt").write_bytes(b"four")
    tokens = encoded(workspace, [str(tmp_path / "a.jsonl"), str(tmp_path / "b.txt")], document=document)
    found = documents(workspace, tokens)
    assert len(found) == number
    assert list(chain(*found)) == ["one", "two", "three", "four"]


@pytest.mark.parametrize("field", ["", ".text", "page..text", 'a"b', "a\\b", "a\nb", "a\udcff"])
def test_a_field_that_is_none(field: str) -> None:
    with pytest.raises(ParameterError, match=r"field is .*; it must be a name, or names parted by dots"):
        CorpusParameters(field=field)


def test_a_sample_is_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"id": "not one word", "text": "some words"}\n' * 9)
    assert read_sample([str(tmp_path / "a.jsonl")], CorpusParameters()).tokens == 18
