"""What is a token in marked text: every rule gives marked text again, its tokens parted by white space.

White space is every byte up to the space, 0x20, as for word2vec and GloVe; so a no-break space is part of a word.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from functools import cache

import numpy as np

from dsgns.corpus.kernels_words import LETTER, MARK, OTHER, blank_others, fold_ascii, put_back

Tokenizer = Callable[[np.ndarray, int, bool], tuple[np.ndarray, int]]
"""From marked text, its size, and whether it is UTF-8, to marked text and its size; the first may be written over."""

_SLACK = 96


def split_white_space(data: np.ndarray, size: int, valid: bool) -> tuple[np.ndarray, int]:
    """The text as it is; bytes that are no UTF-8 become U+FFFD."""
    if valid:
        return data, size
    return _as_array(data[:size].tobytes().decode("utf-8", "replace").encode())


def split_words(data: np.ndarray, size: int, valid: bool) -> tuple[np.ndarray, int]:
    """Runs of letters and the marks on them, in lower case and normal form C; all else becomes white space."""
    lifted = np.empty(2 * size + 1, np.uint8)
    taken = fold_ascii(data, size, lifted)
    if not taken:
        return data, size
    words = np.frombuffer(fold(lifted[:taken].tobytes().decode("utf-8", "replace")).encode(), np.uint8)
    out = np.empty(size + words.size + _SLACK, np.uint8)
    return out, put_back(data, size, words, out)


def fold(text: str) -> str:
    r"""Words in lower case and normal form C, with spaces for what is no letter or mark; line feeds stay.

    Examples
    --------
    >>> fold("Cafe\u0301s, 12 ΑΣ\n")
    'cafés     ας\n'
    """
    # By code points: a regular expression over the classes of all letters and marks took thirty times as long.
    codes = np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), np.uint32)
    blank_others(codes, _classes())
    # Spaces first: the form of a small sigma hangs on its neighbours, and these must be of the same word.
    return unicodedata.normalize("NFC", codes.tobytes().decode("utf-32-le").lower())


@cache
def _classes() -> np.ndarray:
    """``LETTER``, ``MARK`` or ``OTHER`` for each code point, uint8."""
    classes = {"L": LETTER, "M": MARK}
    categories = (unicodedata.category(chr(code))[0] for code in range(sys.maxunicode + 1))
    return np.fromiter((classes.get(category, OTHER) for category in categories), np.uint8, sys.maxunicode + 1)


def _as_array(text: bytes) -> tuple[np.ndarray, int]:
    out = np.empty(len(text) + _SLACK, np.uint8)
    out[: len(text)] = np.frombuffer(text, np.uint8)
    return out, len(text)


BUILT_IN: dict[str, Tokenizer] = {"whitespace": split_white_space, "words": split_words}
