from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.folding import folding
from dsgns.corpus.tokenizers import split_white_space, tokenizer_of
from dsgns.errors import ParameterError
from dsgns.parameters import CorpusParameters
from tests.oracle.text import TOKENIZERS, is_valid, ngram_tokens, normal_tokens, word_tokens

LETTERS = st.text(
    st.sampled_from("aZbÄßİıΣσΑé\u0301\u0307\u0338=09-'_., \t日本ᄀ각ǅＡ\u00a0\u200d\u200cक\u093f🎈½’·٣،\u00ad"),
    max_size=40,
)
CHINESE = st.text(st.sampled_from("日本〇ーぷ\u309aㄅa9é.·，_\ufe00\uf900\U00020000 "), max_size=30)


NORMAL = st.lists(
    st.sampled_from(
        ["é", "E\u0301", "A", "b ", "-", "+", "12", "٣", "0%", ".", ",", "İ", "ΑΣ ", "日本", "。", "क\u093f", " "]
    )
    | st.sampled_from(["https://", "s://", "www.", "/a?b=1", "x" * 61, "<", '"', "W", "/", "ї"]),
    max_size=14,
).map("".join)


def words_of(data: bytes, **options: object) -> list[list[str]]:
    buffer = np.frombuffer(data + bytes(96), np.uint8).copy()
    tokenizer = tokenizer_of(CorpusParameters(**{"tokenizer": "words", **options}))  # type: ignore[arg-type]
    found, size = tokenizer(buffer, len(data), is_valid(data))
    return [line.split() for line in found[:size].tobytes().decode().split("\n")]


@settings(max_examples=400, deadline=None)
@given(lines=st.lists(LETTERS | st.text(max_size=10), max_size=6), before=st.integers(0, 70))
def test_words_as_plain_python_finds_them(lines: list[str], before: int) -> None:
    lines = ["x" * before, *(line.replace("\n", " ") for line in lines)]
    data = "\n".join(lines).encode("utf-8", "replace")
    assert words_of(data) == [word_tokens(line) for line in data.split(b"\n")]


@settings(max_examples=300, deadline=None)
@given(line=CHINESE | st.text(max_size=10), length=st.integers(1, 4))
def test_ngrams_as_plain_python_finds_them(line: str, length: int) -> None:
    data = line.replace("\n", " ").encode("utf-8", "replace")
    assert words_of(data, tokenizer="ngrams", ngram=length) == [ngram_tokens(data, length)]
    assert words_of(data, tokenizer="characters") == [TOKENIZERS["characters"](data)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't; it’s the U.S. rock'n'roll of 1,200.5 'quotes'.", "don't it's the u.s rock'n'roll of 1,200.5 quotes"),
        ("l’homme·s snake_case B2B COVID-19 _x_", "l'homme·s snake_case b2b covid 19 x"),
        ("हिन्दी में काम", "हिन्दी में काम"),
        ("ศรี น้ำ กิ๊ก", "ศรี น้ำ กิ๊ก"),
        ("می\u200cخواهم کتاب\u200c و", "می\u200cخواهم کتاب و"),
        ("ශ්\u200dරී ലോക", "ශ්\u200dරී ലോക"),
        ("co\u00adoperate\ufeff \u200eab\u200bcd", "cooperate ab cd"),
        ("二〇〇八年的北京，word2vec，サーバー", "二〇〇八年的北京 word2vec サーバー"),
    ],
)
def test_words_of_many_scripts(text: str, words: str) -> None:
    assert words_of(text.encode()) == [words.split(" ")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tokenizer": "characters"}, "詞 向 量 word2vec 與 glove プ\u309a ロ 한국어"),
        ({"tokenizer": "ngrams"}, "詞向 向量 word2vec 與 glove プ\u309aロ 한국어"),
        ({"tokenizer": "ngrams", "ngram": 3}, "詞向量 word2vec 與 glove プ\u309aロ 한국어"),
    ],
)
def test_characters_and_ngrams_of_chinese_and_japanese(options: dict[str, object], words: str) -> None:
    assert words_of("詞向量，word2vec與GloVe；プ\u309aロ 한국어".encode(), **options) == [words.split(" ")]


@settings(max_examples=400, deadline=None)
@given(
    line=NORMAL,
    tokenizer=st.sampled_from(["whitespace", "words", "ngrams"]),
    lowercase=st.booleans(),
    accents=st.sampled_from(["keep", "strip"]),
    digits=st.sampled_from(["keep", "zero", "number", "drop"]),
    urls=st.sampled_from(["keep", "drop"]),
)
def test_normalisation_as_plain_python_does_it(line: str, **options: object) -> None:
    data = line.encode()
    assert words_of(data, **options) == [normal_tokens(data, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "The Café (www.Café.fr, see https://x.org/a?b=1) of 1990 lost -2,5% of H2O"),
        ({"lowercase": True}, "the café (www.café.fr, see https://x.org/a?b=1) of 1990 lost -2,5% of h2o"),
        ({"accents": "strip"}, "The Cafe (www.Cafe.fr, see https://x.org/a?b=1) of 1990 lost -2,5% of H2O"),
        ({"digits": "zero"}, "The Café (www.Café.fr, see https://x.org/a?b=0) of 0000 lost -0,0% of H0O"),
        ({"digits": "number"}, "The Café (www.Café.fr, see https://x.org/a?b=1) of <number> lost <number> of H2O"),
        ({"digits": "drop"}, "The Café (www.Café.fr, see https://x.org/a?b=1) of lost of H2O"),
        ({"urls": "drop"}, "The Café ( see of 1990 lost -2,5% of H2O"),
        ({"urls": "drop", "tokenizer": "words", "digits": "number"}, "the café see of <number> lost <number> of h2o"),
    ],
)
def test_each_option_of_normalisation(options: dict[str, object], words: str) -> None:
    text = "The Café (www.Café.fr, see https://x.org/a?b=1) of 1990 lost -2,5% of H2O"
    assert words_of(text.encode(), **{"tokenizer": "whitespace", **options}) == [words.split(" ")]


def test_normalisation_is_for_tokenizers_of_ours() -> None:
    with pytest.raises(ParameterError, match=r"lowercase is True; it must be left out with own\.json"):
        CorpusParameters(tokenizer="own.json", lowercase=True)


def test_jieba_cuts_chinese_and_leaves_the_rest() -> None:
    text = "我们喜欢自然语言处理。Café don't, 卡拉OK きょう"
    found = words_of(text.encode(), tokenizer="jieba")
    import jieba  # which warns where it is imported first

    expected = [*jieba.cut("我们喜欢自然语言处理"), "café", "don't", *jieba.cut("卡拉OK"), "きょう"]
    assert found == [[word.lower() for word in expected]]


@settings(max_examples=200, deadline=None)
@given(
    data=st.lists(st.sampled_from([b"aB", b"\xff", b"\xc3", b" ", "É".encode(), b"." * 70]), max_size=20).map(b"".join)
)
def test_words_among_bytes_that_are_no_text(data: bytes) -> None:
    assert words_of(data) == [word_tokens(data)]


def test_every_letter_is_in_lower_case_and_normal_form() -> None:
    letters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "L"]
    folded = folding(CorpusParameters(tokenizer="words"))("\n".join(letters)).split("\n")
    assert folded == [unicodedata.normalize("NFC", letter.lower()) for letter in letters]


def test_text_that_is_good_is_not_copied() -> None:
    data = np.frombuffer("Voilà\0\r\n".encode(), np.uint8)
    assert split_white_space(data, data.size, True) == (data, data.size)


def test_bytes_that_are_no_text_are_replaced() -> None:
    data = np.frombuffer(b"a\xffb \xe2\x82 c", np.uint8)
    found, size = split_white_space(data, data.size, False)
    assert found[:size].tobytes().decode() == "a\ufffdb \ufffd c"
    assert found.size >= size + 90
