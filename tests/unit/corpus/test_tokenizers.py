from __future__ import annotations

import unicodedata

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.tokenizers import fold, split_white_space, split_words
from tests.oracle.text import is_valid, word_tokens

LETTERS = st.text(
    st.sampled_from("aZbÄßİıΣσΑé\u0301\u0307\u0338=09-'_ \t日本ᄀ각ǅＡ\u00a0\u200dक\u093f🎈½"), max_size=40
)


def words_of(data: bytes) -> list[list[str]]:
    buffer = np.frombuffer(data + bytes(96), np.uint8).copy()
    found, size = split_words(buffer, len(data), is_valid(data))
    return [line.split() for line in found[:size].tobytes().decode().split("\n")]


@settings(max_examples=400, deadline=None)
@given(lines=st.lists(LETTERS | st.text(max_size=10), max_size=6))
def test_words_as_plain_python_finds_them(lines: list[str]) -> None:
    lines = [line.replace("\n", " ") for line in lines]
    data = "\n".join(lines).encode("utf-8", "replace")
    assert words_of(data) == [word_tokens(line) for line in data.split(b"\n")]


@settings(max_examples=200, deadline=None)
@given(
    data=st.lists(st.sampled_from([b"aB", b"\xff", b"\xc3", b" ", "É".encode(), b"." * 70]), max_size=20).map(b"".join)
)
def test_words_among_bytes_that_are_no_text(data: bytes) -> None:
    assert words_of(data) == [word_tokens(data)]


def test_every_letter_is_in_lower_case_and_normal_form() -> None:
    letters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "L"]
    folded = fold("\n".join(letters)).split("\n")
    assert folded == [unicodedata.normalize("NFC", letter.lower()) for letter in letters]


def test_text_that_is_good_is_not_copied() -> None:
    data = np.frombuffer("Voilà\0\r\n".encode(), np.uint8)
    assert split_white_space(data, data.size, True) == (data, data.size)


def test_bytes_that_are_no_text_are_replaced() -> None:
    data = np.frombuffer(b"a\xffb \xe2\x82 c", np.uint8)
    found, size = split_white_space(data, data.size, False)
    assert found[:size].tobytes().decode() == "a\ufffdb \ufffd c"
    assert found.size >= size + 90
