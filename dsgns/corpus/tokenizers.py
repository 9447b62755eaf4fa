"""What is a token in marked text: every rule gives marked text again, its tokens parted by white space.

White space is every byte up to the space, 0x20, as for word2vec and GloVe; so a no-break space is part of a word.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable

import numpy as np

from dsgns.corpus.folding import NUMBER, folding
from dsgns.corpus.functions import tokenizer_fingerprint
from dsgns.corpus.kernels_normalize import blank_addresses, replace_numbers
from dsgns.corpus.kernels_words import LIFT, LOWER, WORDS, ZERO, fold_ascii, put_back
from dsgns.corpus_parameters import CorpusParameters

Tokenizer = Callable[[np.ndarray, int, bool], tuple[np.ndarray, int]]
"""From marked text, its size, and whether it is UTF-8, to marked text and its size; the first may be written over."""

_SLACK = 96
_NUMBERS = {"number": NUMBER.encode(), "drop": b""}
_STATES = {"whitespace": "whitespace", "words": "words 2", "characters": "characters 1", "ngrams": "ngrams 1"}
"""Changed whenever a tokenizer comes to give other tokens."""


def tokenizer_of(parameters: CorpusParameters, dropped: Callable[[int, int], None] | None = None) -> Tokenizer:
    """The tokenizer that works on marked text as it streams by, which is each that has a name.

    Parameters
    ----------
    dropped
        Told how many addresses and how many numbers of each piece of text become no token.

    Raises
    ------
    MissingExtraError
        If it needs a package that is not installed.
    """
    fold, rules = folding(parameters), _rules(parameters)
    number, drop = _NUMBERS.get(parameters.digits), parameters.urls == "drop"
    if not (rules or drop):
        return split_white_space

    def split(data: np.ndarray, size: int, valid: bool) -> tuple[np.ndarray, int]:
        addresses = blank_addresses(data, size) if drop else 0
        data, size = split_words(data, size, fold, rules) if rules else split_white_space(data, size, valid)
        numbers = 0
        if number is not None:
            data, size, numbers = _without_numbers(data, size, number)
        if dropped is not None:
            dropped(addresses, 0 if number else numbers)
        return data, size

    return split


def _rules(parameters: CorpusParameters) -> int:
    """What the kernel is to do to ASCII; nothing where text may stay as it is."""
    rules = LOWER if parameters.lowercase else 0
    if parameters.tokenizer != "whitespace":
        rules |= WORDS
    if parameters.digits != "keep":
        rules |= ZERO if parameters.digits == "zero" else LIFT
    return rules | (LIFT if parameters.accents == "strip" else 0)


def tokenizer_state(parameters: CorpusParameters) -> str:
    """What an equal tokenizer has in common: its name, and what makes it give other tokens than it did before.

    It is loaded, and its kernels are compiled, here, where that is not held against the memory of workers.

    Raises
    ------
    TokenizerError
        If the tokenizer cannot be loaded.
    MissingExtraError
        If it needs a package that is not installed.
    """
    name = parameters.tokenizer
    if not parameters.streams:
        return tokenizer_fingerprint(name)
    tokenizer_of(parameters)(*as_array("\u4e00".encode()), True)
    return _STATES.get(name) or f"{name} 1 {importlib.metadata.version(name)}"


def split_white_space(data: np.ndarray, size: int, valid: bool) -> tuple[np.ndarray, int]:
    """The text as it is; bytes that are no UTF-8 become U+FFFD."""
    if valid:
        return data, size
    return as_array(data[:size].tobytes().decode("utf-8", "replace").encode())


def split_words(data: np.ndarray, size: int, fold: Callable[[str], str], rules: int) -> tuple[np.ndarray, int]:
    """Words as they are wanted: those of ASCII by a kernel under ``rules``, others by ``fold``."""
    lifted = np.empty(2 * size + 1, np.uint8)
    taken = fold_ascii(data, size, lifted, rules)
    if not taken:
        return data, size
    words = np.frombuffer(fold(lifted[:taken].tobytes().decode("utf-8", "replace")).encode(), np.uint8)
    out = np.empty(size + words.size + _SLACK, np.uint8)
    return out, put_back(data, size, words, out)


def _without_numbers(data: np.ndarray, size: int, word: bytes) -> tuple[np.ndarray, int, int]:
    """The text with another word in place of numbers, and how many these were."""
    out = np.empty((size + 1) // 2 * max(2, len(word) + 1) + _SLACK, np.uint8)
    return out, *replace_numbers(data, size, np.frombuffer(word, np.uint8), out)


def as_array(text: bytes) -> tuple[np.ndarray, int]:
    """Text as tokenizers take it: an array with bytes to spare, and the size of the text."""
    out = np.empty(len(text) + _SLACK, np.uint8)
    out[: len(text)] = np.frombuffer(text, np.uint8)
    return out, len(text)
