from __future__ import annotations

import csv
import gzip
import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.records import separated
from dsgns.corpus.records.report import RecordReport
from dsgns.corpus.records.separated import SeparatedValues
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import CorpusParameters
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded


def read(data: bytes, step: int = 1 << 20, form: str = "csv", **options: str) -> tuple[bytes, dict[str, Any]]:
    """The text, and those numbers of the report that are not 0."""
    report = RecordReport()
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    text = b"".join(SeparatedValues("a.csv", form, CorpusParameters(**options), report).read(pieces))
    counted = asdict(report)
    first = counted.pop("first")
    assert counted.pop("records") == sum(counted.values())
    return text, {name: number for name, number in counted.items() if number} | ({"first": first} if first else {})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"id,text\n1,one word\n2,two\n", b"one word\ntwo\n"),
        (b"text,id\r\none,1\r\ntwo,2", b"one\ntwo\n"),
        (b"id,text\r\n1,one\r\n2,two\r\n", b"one\ntwo\n"),
        (b'\xef\xbb\xbf"text",id\n"a, ""b""\nc",1\n', b'a, "b"\vc\n'),
        (b'text\n"a\r\nb"c\n', b"a\r\vbc\n"),
        (b'text\na "quoted" word\n', b'a "quoted" word\n'),
        (b"text\n\xff \xe2\x82\n", b"\xff \xe2\x82\n"),
        (b"text\n\n\r\na\n\n", b"a\n"),
        (b"text\na\rb\n", b"a\rb\n"),
        (b"text\n", b""),
        (b"", b""),
    ],
)
def test_a_column_by_name(data: bytes, text: bytes) -> None:
    assert read(data)[0] == text
    assert read(data, 1)[0] == text


def test_a_column_by_number_and_other_delimiters() -> None:
    assert read(b"a\tb, c\nd\te\n", form="tsv", column="2") == (b"b, c\ne\n", {"kept": 2})
    assert read(b"a,b\n", column="1", document="blank-line") == (b"a\n\n", {"kept": 1})
    # A name comes before a number.
    assert read(b"2,1\na,b\n", column="1") == (b"b\n", {"kept": 1})


def test_rows_without_text_are_counted() -> None:
    data = b'id,text\n1,a\n2,\n3\n4,""\n"5\n6"\n7,b\n'
    expected = {"kept": 2, "empty": 2, "field_missing": 2, "first": "a.csv, line 4: its row has no column 2"}
    assert read(data) == (b"a\nb\n", expected)
    with pytest.raises(CorpusError) as caught:
        read(data, errors="strict")
    assert str(caught.value) == (
        "a.csv, line 4: its row has no column 2. Repair it, or give --errors replace or skip: such records are left "
        "out then, and counted."
    )


@pytest.mark.parametrize(
    ("data", "column", "told"),
    [
        (
            b"id,body\n1,a\n",
            "text",
            "a.csv has no column 'text'; it has id, body. Name the one that holds the text with --column, or give its "
            "number, from 1.",
        ),
        (b"id,body\n", "3", "a.csv has no column '3'; it has id, body. Name"),
        (b"id,body\n", "0", "a.csv has no column '0'; it has id, body. Name"),
        (b"text,id,text\n", "text", "a.csv has 2 columns 'text'; it has text, id, text. Name"),
        (b"\n\n", "text", "a.csv has no column 'text'; it has none. Name"),
        (b",".join(b"%d" % number for number in range(50)), "x", "10, 11, .... Name"),
        (b"a\rb", "text", "a.csv: its rows end in carriage returns alone, as on old Macintoshes. Write line feeds"),
        (b"text,a\rb\nc,d\n", "text", "a.csv: its first row has a carriage return without a line feed after it."),
        (b"x" * 50 + b",y\n", "text", f"it has {'x' * 40}..., y. Name"),
    ],
)
def test_a_column_that_is_none(data: bytes, column: str, told: str) -> None:
    with pytest.raises(CorpusError) as caught:
        read(data, column=column)
    assert told in str(caught.value)


def test_a_quote_that_is_never_closed() -> None:
    with pytest.raises(TruncatedSourceError) as caught:
        read(b'id,text\n1,a\n2,"b\nc\n')
    assert str(caught.value) == (
        "a.csv ends within the quoted field that opens in line 3. A quote is missing, or the file was not copied "
        "whole: fetch it again, or leave it out."
    )


def test_a_stray_quote_does_not_take_all_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(separated, "LONGEST_RECORD", 1000)
    monkeypatch.setattr(separated, "_PIECE", 100)
    rows = b"".join(b"some words\t%d\n" % number for number in range(200))
    told = r"the quoted field that opens in line 2 is longer than 0 MiB\. A quote is missing"
    with pytest.raises(CorpusError, match=told):
        read(b'text\tid\n"Hello\t1\n' + rows, form="tsv")
    # Many short ones are none that is long, wherever pieces end.
    assert read(b"text\n" + b'"a\nb"\n' * 2000)[1] == {"kept": 2000}


def test_a_quote_that_closes_amid_a_field_is_told() -> None:
    data = b'id,text\n1,a\n2,"b\n3,c\n4,"d"\n5,"e"f\n6,"g"\r\n'
    text, became = read(data)
    assert text == b'a\nb\v3,c\v4,d"\nef\ng\n'
    assert became == {
        "kept": 2,
        "misquoted": 2,
        "first": "a.csv, line 3: the quote that opens there closes amid a field, and may have taken other rows into it",
    }
    assert read(data, 1) == (text, became)
    with pytest.raises(
        CorpusError, match=r"a\.csv, line 3: the quote that opens there closes amid a field.*are counted then, and kept"
    ):
        read(data, errors="strict")


@pytest.mark.parametrize("step", [1 << 20, 50_000])
def test_a_first_row_may_be_long(step: int) -> None:
    limit = csv.field_size_limit()
    long = b"x" * 300_000
    assert read(b"a," + long + b",text\n1,2,words\n", step) == (b"words\n", {"kept": 1})
    assert read(b'1,"' + long + b'\n",words\n', step, column="3") == (b"words\n", {"kept": 1})
    assert csv.field_size_limit() == limit


SCRAPS = st.sampled_from(["a", "b", ",", '"', '""', "\n", "\r\n", " ", "é", '"a\n"'])


@settings(max_examples=300, deadline=None)
@given(body=st.lists(SCRAPS, max_size=40).map("".join), column=st.integers(1, 3), step=st.integers(1, 9))
def test_the_same_as_the_csv_module(body: str, column: int, step: int) -> None:
    text = "x,y,z\n" + body
    rows, longer = (list(filter(None, csv.reader(io.StringIO(given, newline="")))) for given in (text, text + "\nx"))
    # The module closes at the end what the text does not.
    closed = longer == [*rows, ["x"]]
    data, options = text.encode(), {"column": str(column)}
    if not closed:
        with pytest.raises(TruncatedSourceError):
            read(data, step, **options)
        return
    fields = [row[column - 1] if len(row) >= column else None for row in rows]
    found, became = read(data, step, **options)
    assert found.decode() == "".join(field.replace("\n", "\v") + "\n" for field in fields if field)
    numbers = {"kept": sum(map(bool, fields)), "empty": fields.count(""), "field_missing": fields.count(None)}
    became["kept"] = became.get("kept", 0) + became.get("misquoted", 0)
    assert {name: became.get(name, 0) for name in numbers} == numbers


def test_a_run_over_values(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.CSV").write_bytes(b'n,text\n1,"one\ntwo, three"\n')
    (tmp_path / "b.tsv.gz").write_bytes(gzip.compress(b"text\tn\nfour five\t1\n"))
    tokens = encoded(workspace, [str(tmp_path / "a.CSV"), str(tmp_path / "b.tsv.gz")])
    assert documents(workspace, tokens) == [["one", "two,", "three"], ["four", "five"]]
    assert tokens.facts["records"]["kept"] == 2
