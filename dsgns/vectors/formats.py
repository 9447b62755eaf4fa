"""word2vec's files, text and binary: written whole or not at all, read with every fault named.

Both begin with a line that holds the number of words and their vector size. In a text file each line holds
a word and its numbers; GloVe's files lack the first line. In a binary file each word is followed by a
space, its vector as little-endian float32, and (from the C tool, not from gensim) a line feed.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence

import fsspec
import numpy as np
from fsspec.core import get_compression

from dsgns.errors import SourceNotFoundError, VectorFileError
from dsgns.vectors.binary import read_binary, write_binary
from dsgns.vectors.text import read_text, write_text
from dsgns.vectors.whole_file import whole_file


def save_word2vec_format(
    path: str | os.PathLike[str], words: Sequence[str], vectors: np.ndarray, *, binary: bool = False
) -> None:
    """Write vectors to a word2vec file, a block of rows at a time.

    The file gets its name only once it is complete and on the disk.

    Parameters
    ----------
    path
        A path on this machine; with the ending ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` it is compressed.
    words
        One for each row.
    vectors : shape (V, d), float32
        In memory or memory-mapped.
    binary
        Write float32 bytes rather than text. Text has nine digits, which give the same float32 back.

    Raises
    ------
    VectorFileError
        If a word is empty or holds white space, which this format cannot carry; if there is something at the
        path that is no file.
    """
    for word in words:
        if not word or any(space in word for space in " \t\n\r\v\f"):
            raise VectorFileError(
                f"the word {word!r} cannot be written to {path}: word2vec's format has no place for white space "
                "or empty words. Export to anndata, or use a tokenizer that joins words by another character."
            )
    compression = get_compression(os.fspath(path), "infer")
    with (
        whole_file(path) as partial,
        fsspec.open(str(partial), "wb", compression=compression, auto_mkdir=False) as file,
    ):
        file.write(f"{len(words)} {vectors.shape[1]}\n".encode())
        (write_binary if binary else write_text)(file, words, vectors)


def load_word2vec_format(
    path: str | os.PathLike[str], *, binary: bool = False, limit: int | None = None, unicode_errors: str = "strict"
) -> tuple[list[str], np.ndarray]:
    """Words and vectors from a word2vec file, or from GloVe's text without its first line.

    Parameters
    ----------
    path
        A path, or a URL that fsspec knows; ``.gz``, ``.bz2``, ``.xz`` and ``.zst`` are unpacked while reading.
    binary
        Whether the vectors are float32 bytes rather than text.
    limit
        Read only this many words.
    unicode_errors
        What to do with words that are no UTF-8, as in ``bytes.decode``; the C tool may cut a letter in two.

    Returns
    -------
    words, vectors
        Vectors have shape (V, d), float32. Of a word that comes twice the first vector is kept, with a warning.

    Raises
    ------
    SourceNotFoundError
        If there is no such file.
    VectorFileError
        If the file ends too soon, or a line cannot be read; the message names the line.
    """
    name = os.fspath(path)
    try:
        with fsspec.open(name, "rb", compression="infer") as opened, io.BufferedReader(opened) as file:
            words, vectors = (read_binary if binary else read_text)(file, name, limit, unicode_errors)
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"{name}: there is no such file.") from error
    except EOFError as error:
        raise VectorFileError(f"{name}: the compressed file ends too soon; fetch it again.") from error
    return _first_of_each(name, words, vectors)


def _first_of_each(name: str, words: list[str], vectors: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Without the later ones of words that come twice."""
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    if len(first) < len(words):
        repeated = next(word for row, word in enumerate(words) if first[word] != row)
        warnings.warn(
            f"{name}: {len(words) - len(first)} words come more than once, such as {repeated!r}; the first vector of "
            "each is kept.",
            stacklevel=3,
        )
        return list(first), vectors[list(first.values())]
    return words, vectors
