"""Bad inputs that are read all the same: what their documents come to, and where each repair is counted."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from dsgns.corpus.kernels_bad_bytes import KINDS
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded
from tests.support.wiki.dumps import Entry, export
from tests.unit.corpus.test_decoding import PACKERS

GOOD = b"some good words\n"


class Repaired(NamedTuple):
    """A file, what its documents come to, and those numbers of its account that tell of a repair."""

    data: bytes
    documents: list[str]
    counted: Mapping[str, int] = MappingProxyType({})
    name: str = "a.txt"
    options: Mapping[str, Any] = MappingProxyType({})


SKIP, WORD_RULES = {"errors": "skip"}, {"tokenizer": "words"}
REPAIRED = {
    "a byte that is no UTF-8": Repaired(
        b"caf\xe9 bar\n" + GOOD, ["caf\ufffd bar", "some good words"], {"broken_off": 1}
    ),
    "the same, its document skipped": Repaired(
        b"caf\xe9 bar\n" + GOOD,
        ["some good words"],
        {"broken_off": 1, "filtered_documents": 1, "filtered": 2},
        options=SKIP,
    ),
    "latin-1": Repaired(
        "Où déjà\n".encode("latin-1"), ["O\ufffd d\ufffdj\ufffd"], {"broken_off": 2, "out_of_range": 1}
    ),
    "cp1252 quotes": Repaired(b"\x93so\x94\n", ["\ufffdso\ufffd"], {"stray": 2}),
    "a character cut in two": Repaired("€".encode()[:2] + b" x\n", ["\ufffd x"], {"broken_off": 2}),
    "overlong UTF-8": Repaired(b"a\xc0\xafb\n", ["a\ufffd\ufffdb"], {"overlong": 2}),
    "an overlong NUL, as Java writes it": Repaired(b"a\xc0\x80b\n", ["a\ufffd\ufffdb"], {"overlong": 2}),
    "surrogates in UTF-8, as CESU-8 has them": Repaired(
        b"\xed\xa0\xbd\xed\xb8\x80\n", ["\ufffd" * 6], {"surrogate": 6}
    ),
    "beyond U+10FFFF": Repaired(b"\xf4\x90\x80\x80\n", ["\ufffd" * 4], {"out_of_range": 4}),
    "a character of five bytes": Repaired(b"\xf8\x88\x80\x80\x80\n", ["\ufffd" * 5], {"out_of_range": 5}),
    "bytes that UTF-8 never has": Repaired(b"a \xfe\xff b\n", ["a \ufffd\ufffd b"], {"out_of_range": 2}),
    "noncharacters": Repaired("a\ufffe b\U0010ffff\n".encode(), ["a\ufffe b\U0010ffff"]),
    "a replacement character that was there": Repaired("a\ufffdb\n".encode(), ["a\ufffdb"]),
    "a byte order mark": Repaired(b"\xef\xbb\xbf" + GOOD, ["some good words"]),
    "a byte order mark amid text": Repaired("a \ufeffb\n".encode(), ["a \ufeffb"]),
    "the same under Unicode's rules": Repaired("a \ufeffb\n".encode(), ["a b"], options=WORD_RULES),
    "CRLF": Repaired(b"a b\r\n\r\nc\r\n", ["a b", "", "c"]),
    "lone carriage returns": Repaired(b"a b\rc d\r", ["a b c d"]),
    "no line feed at the end": Repaired(b"a\nb", ["a", "b"]),
    "NULs": Repaired(b"a\0b\0\0c\n", ["a b c"], {"nul": 3}),
    "control characters": Repaired(b"a\x01b\x1b[1mc\x08d\n", ["a b [1mc d"]),
    "DEL and C1 controls": Repaired("a\x7fb c\x85d\n".encode(), ["a\x7fb c\x85d"]),
    "line separators of Unicode": Repaired("a\u2028b c\u2029d\n".encode(), ["a\u2028b c\u2029d"]),
    "the same, parted by Unicode's rules": Repaired("a\u2028b c\u2029d\n".encode(), ["a b c d"], options=WORD_RULES),
    "zero width and bidi characters": Repaired("a\u200bb \u202ec\u202c\n".encode(), ["a\u200bb \u202ec\u202c"]),
    "a combining mark without a letter": Repaired("\u0301 a\n".encode(), ["\u0301 a"]),
    "a million in one line": Repaired(b"a b c d " * 250_000, ["a b c d " * 250_000]),
    "a word of 3 MB": Repaired(b"a " + b"x" * 3_000_000 + b" b\n", ["a " + "x" * 3_000_000 + " b"]),
    "lines of nothing": Repaired(b"\n \n\t\n" + GOOD, ["", "", "", "some good words"]),
    "packed, but not named so": Repaired(gzip.compress(GOOD), ["some good words"]),
    "named as if it were packed": Repaired(GOOD, ["some good words"], name="a.txt.gz"),
    "text named as a table": Repaired(GOOD, ["some good words"], name="a.parquet"),
    "padding behind a gz member": Repaired(gzip.compress(GOOD) + bytes(512), ["some good words"]),
    "a gz member of nothing first": Repaired(gzip.compress(b"") + gzip.compress(GOOD), ["some good words"]),
    "a packed byte order mark": Repaired(gzip.compress(b"\xef\xbb\xbf" + GOOD), ["some good words"]),
    "packed bytes that are no UTF-8": Repaired(gzip.compress(b"\xff a\n"), ["\ufffd a"], {"out_of_range": 1}),
    **{
        f"members of {packer} one after the other": Repaired(pack(GOOD) * 3, ["some good words"] * 3)
        for packer, pack in PACKERS.items()
    },
}


def jsonl(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in (b'{"text": "some good words"}', *lines))


def one_record(line: bytes, became: str, number: int = 1) -> Repaired:
    return Repaired(jsonl(line), ["some good words"], {f"records_{became}": number}, "a.jsonl")


REPAIRED |= {
    "JSON without the field": one_record(b'{"body": "a"}', "field_missing"),
    "JSON with null for the field": one_record(b'{"text": null}', "empty"),
    "JSON with a number for the field": one_record(b'{"text": 5}', "no_string"),
    "JSON with a list for the field": one_record(b'{"text": ["a"]}', "no_string"),
    "JSON with an object for the field": one_record(b'{"text": {"a": "b"}}', "no_string"),
    "JSON with an empty field": one_record(b'{"text": ""}', "empty"),
    "invalid JSON": one_record(b'{"text": "a"', "broken"),
    "JSON with single quotes": one_record(b"{'text': 'a'}", "broken"),
    "JSON that is no object": one_record(b'"a"', "broken"),
    "two objects in a line of JSON": one_record(b'{"text": "a"} {"text": "b"}', "broken"),
    "JSON cut off": Repaired(jsonl()[:-1] + b'\n{"te', ["some good words"], {"records_broken": 1}, "a.jsonl"),
    "deep nesting in JSON": one_record(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "broken"),
    "blank lines in JSON": Repaired(jsonl(b"", b" "), ["some good words"], {}, "a.jsonl"),
    "a lone surrogate in a JSON escape": Repaired(
        jsonl(rb'{"text": "a\ud800b"}'), ["some good words", "a\ufffd\ufffd\ufffdb"], {"surrogate": 3}, "a.jsonl"
    ),
    "a NUL in a JSON escape": Repaired(
        jsonl(rb'{"text": "a\u0000b"}'), ["some good words", "a b"], {"nul": 1}, "a.jsonl"
    ),
    "JSON with bytes that are no UTF-8": Repaired(
        jsonl(b'{"text": "caf\xe9"}'), ["some good words", "caf\ufffd"], {"broken_off": 1}, "a.jsonl"
    ),
    "JSON with CRLF": Repaired(jsonl().replace(b"\n", b"\r\n"), ["some good words"], {}, "a.jsonl"),
    "JSON behind a byte order mark": Repaired(b"\xef\xbb\xbf" + jsonl(), ["some good words"], {}, "a.jsonl"),
    "ragged rows": Repaired(b"id,text\n1,a b\n2\n3,c,more\n", ["a b", "c"], {"records_field_missing": 1}, "a.csv"),
    "a stray quote that takes rows into it": Repaired(
        b'id,text\n1,"a\n2,b\n3,"c"\n4,d\n', ['a 2,b 3,c"', "d"], {"records_misquoted": 1}, "a.csv"
    ),
    "rows with bad bytes and NULs": Repaired(
        b"text\na\xff\0b\n", ["a\ufffd b"], {"out_of_range": 1, "nul": 1}, "a.csv"
    ),
    "rows of nothing": Repaired(b"id,text\n1,\n\n2,a\n", ["a"], {"records_empty": 1}, "a.csv"),
    "entities of no character in a dump": Repaired(
        export([Entry("A", "a &#0; &#x110000; &nosuch; b")]), ["a \ufffd \ufffd &nosuch; b"], {}, "a.xml"
    ),
    "an opener in wikitext that is never closed": Repaired(
        export([Entry("A", "a {{b [[c")]), ["a {{b [[c"], {}, "a.xml"
    ),
    "pages of a dump without text": Repaired(
        export([Entry("A", "a"), Entry("B", "")]), ["a"], {"pages_empty": 1}, "a.xml"
    ),
}

TOLD = (*KINDS, "filtered_documents", "filtered", "pages_empty")
"""Numbers of an account that are 0 where there was nothing to repair; those of records beside them."""


@pytest.mark.parametrize("what", REPAIRED)
def test_a_repair_is_counted(workspace: Workspace, tmp_path: Path, what: str) -> None:
    dirt = REPAIRED[what]
    (tmp_path / dirt.name).write_bytes(dirt.data)
    tokens = encoded(workspace, [str(tmp_path / dirt.name)], shard_size=1 << 19, **dirt.options)
    assert documents(workspace, tokens) == [text.split(" ") if text else [] for text in map(str.strip, dirt.documents)]
    account = tokens.facts["account"]
    wrong = [name for name in account if name.startswith("records_") and name != "records_kept"]
    assert {name: account[name] for name in (*TOLD, *wrong) if account[name]} == dirt.counted
    assert set(account["bad"]) == set(dirt.counted) & set(KINDS)
    for kind, found in account["bad"].items():
        assert found["bytes"] == account[kind]
        assert found["first"][0].startswith(f"{tmp_path / dirt.name}, byte ")
