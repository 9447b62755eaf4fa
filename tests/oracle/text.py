"""What text means, written down slowly: documents, tokens and ids by plain Python."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import partial

WHITE = bytes(range(0x21))
SIGNS = {
    "M": "\u200d",
    " ": "\u200b",
    "l": "\u00b7\u0387\u055f\u05f4\u2027",
    "d": ",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b",
    "b": "'.\u2018\u2019\u2024\ufe52\uff07\uff0e",
    "c": "_\u202f\u203f\u2040\u2054\ufe33\ufe34\ufe4d\ufe4e\ufe4f\uff3f\u200c",
}
IDEOGRAPH = re.compile(
    "[\u3005-\u3007\u3021-\u3029\u3031-\u303c\u3041-\u3096\u309d-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)


def documents(data: bytes, kind: str) -> list[tuple[int, bytes]]:
    """Documents of a file with the offsets at which they begin."""
    if data.startswith(b"\xef\xbb\xbf"):
        data = b"   " + data[3:]
    if kind == "file":
        return [(0, data)]
    found, start = [], 0
    ends = [match.end() for match in re.finditer(rb"\n", data)] if kind == "line" else _blank_lines(data)
    for end in ends:
        found.append((start, data[start : end - 1]))
        start = end
    rest = data[start:]
    if rest and (kind == "line" or rest.strip(WHITE)):
        found.append((start, rest))
    return found


def _blank_lines(data: bytes) -> list[int]:
    """Offsets after the first blank line behind each stretch of text."""
    ends, at, inside = [], 0, False
    for line in re.findall(rb"[^\n]*\n|[^\n]+", data):
        at += len(line)
        if line.strip(WHITE):
            inside = True
        elif inside and line.endswith(b"\n"):
            ends.append(at)
            inside = False
    return ends


def is_valid(document: bytes) -> bool:
    """Whether a document is UTF-8."""
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return True


def white_space_tokens(document: bytes) -> list[str]:
    """Tokens by the rule of word2vec and GloVe."""
    words = document.translate(bytes(32 if code <= 32 else code for code in range(256))).split(b" ")
    return [word.decode("utf-8", "replace") for word in words if word]


def kind_of(letter: str) -> str:
    """Letter, digit, ideograph, mark or format; or a sign that joins letters, digits, either or any; else empty."""
    for kind, signs in SIGNS.items():
        if letter in signs:
            return kind
    category = unicodedata.category(letter)
    if category[0] == "L" or category == "Nl":
        return "I" if IDEOGRAPH.match(letter) else "L"
    return {"Nd": "D", "Cf": "F", "Mn": "M", "Mc": "M", "Me": "M"}.get(category, "")


def word_tokens(document: bytes) -> list[str]:
    """Words after Unicode's rules, but ideographs together, in lower case and normal form C."""
    text = document.decode("utf-8", "replace")
    kinds = [*map(kind_of, text), ""]
    words, word, before = [], "", ""
    for letter, kind, after in zip(text + " ", [*kinds[:-1], ""], [*kinds[1:], ""], strict=True):
        joins = {"l": ["LL"], "d": ["DD"], "b": ["LL", "DD"], "c": ["LL", "DD", "LD", "DL"]}.get(kind, [])
        if kind and kind in "LDI":
            word, before = word + letter, kind
        elif kind == "M" and word:
            word += letter
        elif word and before + after in joins:
            word += "'" if letter in "\u2018\u2019\uff07" else letter
        elif kind not in ("F", "M"):
            words += [unicodedata.normalize("NFC", word.lower())] if word else []
            word = ""
    return words


ADDRESS = re.compile(
    rb"(?:[A-Za-z]{2,}://|(?<![A-Za-z0-9\x80-\xff])www\.)"
    rb"(?:(?!\xe3\x80|\xef[\xbc\xbd])[^\x00-\x20<>\"`{}|\\^])*"
)
NUMBER = re.compile(r"[+-]?[0-9]+([.,:/-][0-9]+)*%?")


def normal_tokens(document: bytes, tokenizer: str, lowercase: bool, accents: str, digits: str, urls: str) -> list[str]:
    """The words of a tokenizer of ours under every option of normalisation."""
    words = TOKENIZERS[tokenizer](ADDRESS.sub(b" ", document) if urls == "drop" else document)
    if digits in ("number", "drop"):
        as_ascii = ["".join(str(unicodedata.decimal(sign, sign)) for sign in word) for word in words]
        numbers = [NUMBER.fullmatch(word) for word in as_ascii]
        words = ["<number>" if number else word for word, number in zip(words, numbers, strict=True)]
        words = [word for word in words if digits == "number" or word != "<number>"]
    if digits == "zero":
        words = ["".join("0" if unicodedata.category(sign) == "Nd" else sign for sign in word) for word in words]
    if lowercase:
        words = [word.lower() for word in words]
    if accents == "strip":
        words = [re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", word)) for word in words]
        words = [unicodedata.normalize("NFC", word) for word in words if word]
    return words


def ngram_tokens(document: bytes, length: int) -> list[str]:
    """Words, with their runs of ideographs as n-grams."""
    found = []
    for word in word_tokens(document):
        units: list[str] = []  # ideographs with their marks, and what is between them
        for letter in word:
            if units and not IDEOGRAPH.match(letter) and (not IDEOGRAPH.match(units[-1]) or kind_of(letter) == "M"):
                units[-1] += letter
            else:
                units.append(letter)
        for ideographs, run in itertools.groupby(units, key=lambda unit: bool(IDEOGRAPH.match(unit))):
            letters, size = list(run), length if ideographs else 1
            found += ["".join(letters[at : at + size]) for at in range(max(len(letters) - size + 1, 1))]
    return found


def vocabulary(tokens: Counter[str], min_count: int, most: int | None = None) -> list[str]:
    """Words by falling count, ties by their bytes."""
    kept = [word for word, count in tokens.items() if count >= min_count]
    return sorted(kept, key=lambda word: (-tokens[word], word.encode()))[:most]


def ids(documents: list[list[str]], words: list[str]) -> list[int]:
    """Ids of the known words, and -1 after each document."""
    known = {word: number for number, word in enumerate(words)}
    return [number for document in documents for number in [*(known[w] for w in document if w in known), -1]]


TOKENIZERS: dict[str, Callable[[bytes], list[str]]] = {
    "whitespace": white_space_tokens,
    "words": word_tokens,
    "characters": partial(ngram_tokens, length=1),
    "ngrams": partial(ngram_tokens, length=2),
}


def split(text: str) -> list[str]:
    """A tokenizer of a user's that follows the rule of word2vec and GloVe."""
    return white_space_tokens(text.encode())


def numbered(text: str) -> list[str]:
    """A tokenizer whose tokens tell of all the text it was given at once."""
    words = split(text)
    return [f"{word}/{number}of{len(words)}" for number, word in enumerate(words)]
