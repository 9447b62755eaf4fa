from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dsgns.corpus import readers
from dsgns.corpus.kernels_bad_bytes import KINDS
from dsgns.corpus.ledger import COLUMNS, Ledger
from dsgns.corpus.readers import read_marked
from dsgns.corpus.shards import Span
from dsgns.corpus.texts import Place, open_text
from dsgns.errors import CorpusError, EncodingError
from dsgns.parameters import CorpusParameters
from tests.support.texts import place_files, tokens_by_shards, use_small_steps


def marked(
    place: Place, parameters: CorpusParameters, start: int = 0, stop: int | None = None, document: int = 0
) -> tuple[bytes, Ledger]:
    span = Span(0, place, start, place.size if stop is None else stop, document)
    ledger = Ledger([span.source])
    with open_text(place) as text:
        pieces = [piece.data[: piece.size].tobytes() for piece in read_marked(text, span, parameters, ledger)]
    return b"".join(pieces), ledger


@pytest.fixture(params=[8, 64, 1 << 20])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a few bytes and of a megabyte."""
    use_small_steps(monkeypatch, request.param)


CASES = [
    ("line", b"a b\r\n\nc", b"a b\r\n\nc\n"),
    ("line", b"a\n", b"a\n"),
    ("line", b"", b""),
    ("line", b"\xef\xbb\xbfa \xef\xbb\xbf\n", b"   a \xef\xbb\xbf\n"),
    ("file", b"a\nb\n", b"a\vb\v\n"),
    ("file", b"", b"\n"),
    ("blank-line", b"\n\na\nb\n \t\r\n\n\nc\n", b"\v\va\vb\v \t\r\n\v\vc\v\n"),
    ("blank-line", b"a\n\n", b"a\v\n"),
    ("blank-line", b"\n \n", b"\v \v"),
]


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize(("kind", "data", "expected"), CASES)
def test_line_feeds_end_documents_and_nothing_else(tmp_path: Path, kind: str, data: bytes, expected: bytes) -> None:
    (place,) = place_files(tmp_path, [data])
    assert marked(place, CorpusParameters(document=kind))[0] == expected


def test_a_span_that_begins_within_a_document(tmp_path: Path) -> None:
    data = b"a long line\n\nnext"
    (place,) = place_files(tmp_path, [data])
    blank = CorpusParameters(document="blank-line")
    assert marked(place, blank, start=11)[0] == b"\v\nnext\n"
    assert marked(place, blank, start=11, document=11)[0] == b"\v\vnext\n"
    assert marked(place, blank, stop=6)[0] == b"a long"


@pytest.mark.usefixtures("steps")
def test_bad_bytes_and_nuls_are_counted_by_kind_and_the_first_few_named(tmp_path: Path) -> None:
    data = "é fine\n".encode() + b"bad \xe2\x82 byte\xff and\0two\0NULs\n"
    (place,) = place_files(tmp_path, [data])
    _, ledger = marked(place, CorpusParameters())
    row = dict(zip(COLUMNS, ledger.rows[0].tolist(), strict=True))
    assert (row["text_bytes"], row["invalid_bytes"], row["nul"]) == (len(data), 3, 2)
    assert (row["broken_off"], row["out_of_range"]) == (2, 1)
    nul = data.index(0)
    found = {(KINDS[kind], offset) for _, kind, offset in ledger.places.tolist()}
    assert found == {("broken_off", 12), ("out_of_range", 19), ("nul", nul), ("nul", nul + 4)}


@pytest.mark.usefixtures("steps")
def test_characters_are_not_broken_by_the_steps_of_reading(tmp_path: Path) -> None:
    (place,) = place_files(tmp_path, ["日本語 テキスト 😀😀😀 ".encode() * 50])
    assert marked(place, CorpusParameters())[1].places.size == 0


@pytest.mark.usefixtures("steps")
def test_strict_names_the_file_the_byte_and_the_line(tmp_path: Path) -> None:
    (place,) = place_files(tmp_path, [b"one\ntwo\nthree \xff\n"])
    with pytest.raises(EncodingError, match=r"0\.txt: byte 14 \(in line 3\) is no UTF-8.*--errors"):
        marked(place, CorpusParameters(errors="strict"))


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize(
    ("text", "what"), [(b"one\ntwo\nthree \0\xff\n", "NUL"), (b"one\ntwo\nthree \xff\0\n", "no UTF-8")]
)
def test_strict_stops_at_nuls_too(tmp_path: Path, text: bytes, what: str) -> None:
    (place,) = place_files(tmp_path, [text])
    with pytest.raises(EncodingError, match=rf"0\.txt: byte 14 \(in line 3\) is {what}.*--errors"):
        marked(place, CorpusParameters(errors="strict"))


def test_nuls_are_white_space(tmp_path: Path) -> None:
    places = place_files(tmp_path, [b"a\0b\0\0c\n"])
    for tokenizer in ("whitespace", "words", "tests.oracle.text:split"):
        assert tokens_by_shards(places, 99, CorpusParameters(tokenizer=tokenizer))[0] == [["a", "b", "c"]]


def test_words_of_any_length(tmp_path: Path) -> None:
    words = ["a" * length for length in (8, 9, 24, 25, 255, 256, 5000, 1 << 21)]
    places = place_files(tmp_path, [" ".join(words).encode()])
    assert tokens_by_shards(places, 1 << 30, CorpusParameters())[0] == [words]


def test_no_white_space_for_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "PIECE", 100)
    monkeypatch.setattr(readers, "LONGEST_WORD", 1000)
    (place,) = place_files(tmp_path, [b"first " + b"x" * 5000])
    with pytest.raises(CorpusError, match=r"0\.txt: there is no white space within \d+ bytes from byte 6 on"):
        marked(place, CorpusParameters())


def test_a_file_that_became_shorter(tmp_path: Path) -> None:
    (place,) = place_files(tmp_path, [b"some words\n" * 10])
    Path(place.url).write_bytes(b"some words\n")
    with pytest.raises(CorpusError, match="had 110 bytes and now ends after 11"):
        marked(place, CorpusParameters())


def test_the_end_of_a_piece_may_be_written_on(tmp_path: Path) -> None:
    (place,) = place_files(tmp_path, [b"word " * 300_000])
    with open_text(place) as text:
        span = Span(0, place, 0, place.size, 0)
        for piece in read_marked(text, span, CorpusParameters(), Ledger([0])):
            assert piece.data.size >= piece.size + readers.SLACK - 1
            assert np.all(piece.data[: piece.size] <= 122)
