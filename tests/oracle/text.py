"""What text means, written down slowly: documents, tokens and ids by plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

WHITE = bytes(range(0x21))


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


def word_tokens(document: bytes) -> list[str]:
    """Runs of letters and marks that begin with a letter, in lower case and normal form C."""
    words, word = [], ""
    for letter in document.decode("utf-8", "replace") + " ":
        category = unicodedata.category(letter)[0]
        if category == "L" or (category == "M" and word):
            word += letter
        else:
            words += [unicodedata.normalize("NFC", word.lower())] if word else []
            word = ""
    return words


def vocabulary(tokens: Counter[str], min_count: int, most: int | None = None) -> list[str]:
    """Words by falling count, ties by their bytes."""
    kept = [word for word, count in tokens.items() if count >= min_count]
    return sorted(kept, key=lambda word: (-tokens[word], word.encode()))[:most]


def ids(documents: list[list[str]], words: list[str]) -> list[int]:
    """Ids of the known words, and -1 after each document."""
    known = {word: number for number, word in enumerate(words)}
    return [number for document in documents for number in [*(known[w] for w in document if w in known), -1]]


TOKENIZERS: dict[str, Callable[[bytes], list[str]]] = {"whitespace": white_space_tokens, "words": word_tokens}


def split(text: str) -> list[str]:
    """A tokenizer of a user's that follows the rule of word2vec and GloVe."""
    return white_space_tokens(text.encode())


def numbered(text: str) -> list[str]:
    """A tokenizer whose tokens tell of all the text it was given at once."""
    words = split(text)
    return [f"{word}/{number}of{len(words)}" for number, word in enumerate(words)]
