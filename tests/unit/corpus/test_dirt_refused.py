"""Bad inputs that stop a run: each with the message that names the place, what is wrong, and the way out."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from dsgns.errors import CorpusError, DsgnsError, EmptyCorpusError, EncodingError, TruncatedSourceError
from dsgns.store import Workspace
from tests.support.encoding import encoded
from tests.support.wiki.dumps import HEAD, Entry, export, multistream, page_xml
from tests.unit.corpus.test_decoding import PACKERS

GOOD = b"some good words\n"
TEXT = b"".join(b"line %d of a text\n" % number for number in range(5_000))


class Refused(NamedTuple):
    """A file, and the beginning of the message that it brings, behind its name."""

    data: bytes
    said: str
    error: type[DsgnsError] = CorpusError
    name: str = "a.txt"
    options: Mapping[str, Any] = MappingProxyType({})


CUT, STRICT = TruncatedSourceError, {"errors": "strict"}


def wide(encoding: str, marked: bool) -> Refused:
    """Text that takes two or four bytes a letter."""
    named = encoding.upper()[:6] + ("" if marked else encoding.upper()[7:])
    said = rf" is no UTF-8 text; it looks like {named} text; convert it with `iconv -f {named} -t UTF-8`\. Leave"
    return Refused(("\ufeff" * marked + "some good words\n").encode(encoding), said)


def table(write: Callable[[pa.Table, io.BytesIO], None], **columns: Any) -> bytes:
    """A table as bytes."""
    file = io.BytesIO()
    write(pa.table(columns), file)
    return file.getvalue()


def stream(rows: pa.Table, file: io.BytesIO) -> None:
    with ipc.new_stream(file, rows.schema) as writer:
        writer.write_table(rows)


ROWS = {"text": ["some good words"] * 5000}
REFUSED = {
    "a byte that is no UTF-8": Refused(
        GOOD + b"caf\xe9 \n",
        r": byte 19 \(in line 2\) is no UTF-8\. Convert the file \(`iconv",
        EncodingError,
        options=STRICT,
    ),
    "a NUL": Refused(
        GOOD + b"a\0b\n",
        r": byte 17 \(in line 2\) is NUL\. Remove such bytes, or let --errors",
        EncodingError,
        options=STRICT,
    ),
    **{
        f"{encoding}, {'with' if marked else 'without'} a mark": wide(encoding, marked)
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
        for marked in (True, False)
    },
    "nothing but white space": Refused(
        b" \n\t\r\n",
        "^There is no token in the text. Are its files",
        EmptyCorpusError,
    ),
    "not a byte": Refused(b"", "^There is not a byte in the input", EmptyCorpusError),
    "a word of 5 MB": Refused(
        b"a " + b"x" * 5_000_000,
        r": there is no white space within \d+ bytes from byte 2 on\. Is it text\? Words are told",
    ),
    "random bytes": Refused(bytes(range(128, 256)) * 9, " is no UTF-8 text; it looks like binary data. Leave it out"),
    **{
        f"{packer} that breaks off": Refused(
            pack(TEXT)[:-40],
            rf" ends too soon: its {packer} stream breaks off after \d+ decoded bytes .* fetch it again",
            CUT,
        )
        for packer, pack in PACKERS.items()
    },
    **{
        f"{packer} with rubbish behind it": Refused(
            pack(GOOD) + b"rubbish" * 9,
            r" is damaged: it cannot be decoded beyond 16 decoded bytes",
            CUT,
        )
        for packer, pack in PACKERS.items()
    },
    "nothing but lines that are no JSON": Refused(
        GOOD, r"No text was found in 1 record looked at\. .*a\.jsonl, line 1: it is no JSON object", name="a.jsonl"
    ),
    "an array for JSON lines": Refused(
        b'[{"text": "a"},\n{"text": "b"}]\n', r"line 1: an array begins there; `jq -c '\.\[\]'`", name="a.json"
    ),
    "a broken line of JSON": Refused(
        b'{"text": "a"}\n{"text\n',
        r", line 2: it is no JSON object\. Repair it, or give --errors",
        name="a.jsonl",
        options=STRICT,
    ),
    "JSON without the field": Refused(
        b'{"text": "a"}\n{"body": "b"}\n',
        r", line 2: it has no field 'text'; it has body\. Repair it",
        name="a.jsonl",
        options=STRICT,
    ),
    "a lone surrogate in a JSON escape": Refused(
        rb'{"text": "a\ud800b"}',
        r", line 1: its text has bytes or an escape that are no UTF-8",
        EncodingError,
        "a.jsonl",
        STRICT,
    ),
    "rows without the column": Refused(
        b"id,body\n1,a\n", r" has no column 'text'; it has id, body\. Name the one", name="a.csv"
    ),
    "a ragged row": Refused(
        b"id,text\n1,a\n2\n", r", line 3: its row has no column 2\. Repair it", name="a.csv", options=STRICT
    ),
    "a stray quote": Refused(
        b'id,text\n1,"a\n2,b\n3,"c"\n',
        r", line 2: the quote that opens there closes amid a field",
        name="a.csv",
        options=STRICT,
    ),
    "a quote that is never closed": Refused(
        b'id,text\n1,a\n2,"b\n3,c\n',
        r" ends within the quoted field that opens in line 3\. A quote is missing",
        CUT,
        "a.csv",
    ),
    "rows that end in carriage returns": Refused(
        b"id,text\r1,a\r", r": its rows end in carriage returns alone.*`tr ", name="a.csv"
    ),
    "Parquet without the column": Refused(
        table(parquet.write_table, body=["a"]), r" has no column 'text'; it has body\."
    ),
    "Parquet of numbers": Refused(
        table(parquet.write_table, text=[1, 2]), r"The column 'text' of .* holds int64, no strings\. Name the one"
    ),
    "Parquet that breaks off": Refused(
        table(parquet.write_table, **ROWS)[:-9],
        r" is a Parquet table that cannot be read: .* fetch it again",
        CUT,
    ),
    "Parquet in a gz file that breaks off": Refused(
        gzip.compress(table(parquet.write_table, **ROWS))[:-20], r" ends too soon: its gz stream breaks off", CUT
    ),
    "an Arrow stream that breaks off": Refused(
        table(stream, **ROWS)[:-300],
        r" is an Arrow table that cannot be read: .* fetch it again",
        CUT,
        "a.arrows",
    ),
    "a dump that breaks off in a page": Refused(
        export([Entry("A", "a"), Entry("B", "b" * 99)])[:-99],
        r" ends within the page 'B', after 1 whole pages\.",
        CUT,
        "a.xml",
    ),
    "a dump that breaks off between pages": Refused(
        (HEAD + page_xml(Entry("A", "a"))).encode(),
        r" ends within the export, without </mediawiki>, after 1 whole pages",
        CUT,
    ),
    "a multistream dump without its last stream": Refused(
        multistream([Entry("A", "a")], 1).rpartition(b"BZh")[0],
        " ends within the export, without </mediawiki>",
        CUT,
    ),
    "a dump that is no XML": Refused(
        b"<mediawiki >rubbish, and nothing else\n",
        " ends within the export, without </mediawiki>, after 0 whole",
        CUT,
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_message_names_the_place_and_the_way_out(workspace: Workspace, tmp_path: Path, what: str) -> None:
    dirt = REFUSED[what]
    path = tmp_path / dirt.name
    path.write_bytes(dirt.data)
    with pytest.raises(dirt.error) as caught:
        encoded(workspace, [str(path)], shard_size=1 << 20, **dirt.options)
    said = str(caught.value)
    assert str(path) in said or dirt.error is EmptyCorpusError
    assert re.search(
        f"{re.escape(str(path))}{dirt.said}" if dirt.said.startswith((" ", ":", ",")) else dirt.said, said, re.DOTALL
    )
