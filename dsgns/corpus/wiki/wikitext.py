"""Wikitext to text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

import numpy as np

from dsgns.corpus.wiki.kernels_cuts import find_cuts
from dsgns.corpus.wiki.kernels_links import Rules
from dsgns.corpus.wiki.kernels_openers import CLOSERS
from dsgns.corpus.wiki.kernels_plain import copy_plain
from dsgns.corpus.wiki.kernels_tags import KINDS, packed

HIDING = ("file", "image", "category")
"""Namespaces, by the names that every wiki knows, whose links show no text."""

_EXTENSIONS = packed(
    (
        "jpg", "jpeg", "png", "gif", "svg", "tif", "tiff", "webp", "xcf", "ogg", "oga", "ogv", "opus", "mid", "midi",
        "wav", "flac", "mp3", "webm", "mpg", "mpeg", "stl", "djvu", "pdf",
    ),
    8,
)  # fmt: skip
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SPACES = re.compile("[\x00-\x08\x0b-\x20\x85\xa0\u2000-\u200a\u2028\u2029\u202f]")
_ENTITIES = 4096
_SLACK = 32
_LEAST = 1 << 16


class Scanner:
    """Makes text of the pages of one wiki, in buffers that it keeps.

    Parameters
    ----------
    hiding
        Namespaces, by the wiki's own names, whose links show no text, beside ``HIDING``.
    tables
        Whether the text of the cells of tables stays.

    Examples
    --------
    >>> Scanner().plain(b"'''Ada''' was a [[programmer|coder]]{{citation needed}}.<ref>Me.</ref>")
    b'Ada was a coder.'
    """

    def __init__(self, hiding: Iterable[str] = (), *, tables: bool = True) -> None:
        names = {form.encode() for name in (*HIDING, *hiding) for form in _forms(name)}
        width = max(map(len, names))
        rows = [list(name.ljust(width, b"\0")) for name in sorted(names)]
        self._rules = Rules(tables, np.array(rows, np.uint8), _EXTENSIONS)
        self._state = np.empty(CLOSERS + KINDS, np.int64)
        self._reserve(_LEAST)

    def plain(self, wikitext: bytes) -> bytes:
        """The text of a page, UTF-8; each line of it is one of the page's."""
        size = len(wikitext)
        if size > self._out.size:
            self._reserve(size)
        self._data[:size] = np.frombuffer(wikitext, np.uint8)
        self._data[size : size + _SLACK] = 0
        find_cuts(self._data, size, self._rules, self._cut, self._state)
        wrote = copy_plain(self._data, size, self._cut, self._out)
        return _ENTITY.sub(_character, self._out[:wrote].tobytes())

    def _reserve(self, size: int) -> None:
        self._data = np.empty(size + _SLACK, np.uint8)
        self._cut = np.empty(size + 2, np.int32)
        self._out = np.empty(size, np.uint8)


def _forms(name: str) -> set[str]:
    """How the name of a namespace may begin; ASCII letters small, as the kernels compare them."""
    forms = {name, name.lower(), name[:1].upper() + name[1:], name.upper()}
    return {"".join(letter.lower() if letter.isascii() else letter for letter in form) for form in forms}


def _character(entity: re.Match[bytes]) -> bytes:
    return _decoded(entity.group())


@lru_cache(_ENTITIES)
def _decoded(entity: bytes) -> bytes:
    """The character that an entity stands for; a plain space for any white space but the end of a line."""
    character = unescape(entity.decode())
    return _SPACES.sub(" ", character).encode("utf-8", "replace")
