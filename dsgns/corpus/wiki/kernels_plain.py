"""Kernels that copy wikitext without its markup, once it is known what is to be cut out."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel

_TAB, _LINE_FEED, _SPACE, _BANG, _APOSTROPHE, _PLUS, _HYPHEN = 9, 10, 32, 33, 39, 43, 45
_EQUALS, _LESS, _LEFT, _UNDERSCORE, _OPEN, _PIPE = 61, 60, 91, 95, 123, 124
_LONGEST_MAGIC_WORD = 64

_SPECIAL = np.zeros(256, np.bool_)
_SPECIAL[list(b"\n!'-;<[]_{|}")] = True
_BULLET = np.zeros(256, np.bool_)
_BULLET[list(b"*#:;")] = True


@kernel
def copy_plain(data: np.ndarray, size: int, cut: np.ndarray, out: np.ndarray) -> int:
    """Copy a page without what is cut, quotes, the marks of headings and lists, and magic words.

    Parameters
    ----------
    data, size, cut
        As :func:`dsgns.corpus.wiki.kernels_cuts.find_cuts` took and left them.
    out
        uint8, shape (at least size,), overwritten.

    Returns
    -------
    int
        How many bytes were written.
    """
    wrote = line = tables = 0
    at, header, tables = _begin_line(data, size, cut, 0, 0)
    while at < size:
        byte = data[at]
        if not _SPECIAL[byte]:
            out[wrote] = byte
            wrote, at = wrote + 1, at + 1
        elif byte == _LINE_FEED:
            wrote = _end_line(out, line, wrote)
            out[wrote] = byte
            line = wrote = wrote + 1
            at, header, tables = _begin_line(data, size, cut, tables, at + 1)
        elif cut[at] > 0:
            begins = byte == _OPEN and cut[at] == at + 2
            tables += begins - (byte == _PIPE and tables > 0)
            if byte == _LESS and cut[at + 1] < 0:
                out[wrote] = _SPACE
                wrote += 1
            at = _line_end(data, size, cut, at) if begins else cut[at]
        elif tables and byte in (_PIPE, _BANG):
            at, wrote = _copy_bar(data, size, cut, at, header, out, wrote)
        else:
            at, wrote = _copy_rare(data, size, at, out, wrote)
    return _end_line(out, line, wrote)


@kernel
def _begin_line(data: np.ndarray, size: int, cut: np.ndarray, tables: int, at: int) -> tuple:
    """The place after the marks that a line begins with, whether it holds headers, and how many tables are open."""
    first = at
    while first < size and (data[first] == _SPACE or data[first] == _TAB):
        first += 1
    if data[first] == _PIPE and data[first + 1] == _HYPHEN and cut[first] <= 0:
        # A row outside of all tables is of one that a template has opened.
        return _line_end(data, size, cut, first), False, max(tables, 1)
    if tables and (data[first] == _PIPE or data[first] == _BANG) and cut[first] <= 0:
        header = data[first] == _BANG
        cell = first + 2 if data[first + 1] == _PLUS else first + 1
        return _after_attributes(data, size, cut, cell, header), header, tables
    if cut[at] > 0 and not _SPECIAL[data[at]]:  # the name of a file in a gallery
        return cut[at], False, tables
    while at < size and _BULLET[data[at]]:
        at += 1
    rule = at
    while data[rule] == _HYPHEN:
        rule += 1
    return rule if rule - at >= 4 else at, False, tables


@kernel
def _line_end(data: np.ndarray, size: int, cut: np.ndarray, at: int) -> int:
    """Where the line ends, or the one that something that is cut ends in."""
    while at < size and data[at] != _LINE_FEED:
        at = cut[at] if cut[at] > 0 else at + 1
    return at


@kernel
def _after_attributes(data: np.ndarray, size: int, cut: np.ndarray, cell: int, header: bool) -> int:
    """Where the text of a cell begins: after a lone pipe, if there is one before its end and before any link.

    That pipe may also come out of a template: where attributes are followed by one, they are left out as well.
    """
    at, equals, template = cell, False, False
    while at < size and data[at] != _LINE_FEED:
        if data[at] == _PIPE:
            if data[at + 1] != _PIPE:
                return at + 1
            break
        if data[at] == _LEFT and cut[at] > 0:
            return cell
        if header and data[at] == _BANG and data[at + 1] == _BANG:
            break
        equals |= data[at] == _EQUALS and not template
        template |= data[at] == _OPEN and cut[at] > 0
        at = cut[at] if cut[at] > 0 else at + 1
    return at if equals and template else cell


@kernel
def _copy_bar(
    data: np.ndarray, size: int, cut: np.ndarray, at: int, header: bool, out: np.ndarray, wrote: int
) -> tuple:
    """A space for what parts cells, and for any other pipe in a table."""
    parts = data[at + 1] == data[at] and (header or data[at] == _PIPE)
    out[wrote] = _SPACE if parts or data[at] == _PIPE else data[at]
    return _after_attributes(data, size, cut, at + 2, header) if parts else at + 1, wrote + 1


@kernel
def _copy_rare(data: np.ndarray, size: int, at: int, out: np.ndarray, wrote: int) -> tuple:
    """Leave quotes and magic words out; copy what is neither."""
    byte, end = data[at], at + 1
    if byte == _APOSTROPHE:
        while data[end] == byte:
            end += 1
        marks = min(end - at, 5)
        kept = end - at - (marks if marks > 1 else 0) + (1 if marks == 4 else 0)
    else:
        end = _after_magic_word(data, at) if byte == _UNDERSCORE and data[at + 1] == byte else end
        kept = 1 if end == at + 1 else 0
    out[wrote : wrote + kept] = byte
    return end, wrote + kept


@kernel
def _after_magic_word(data: np.ndarray, at: int) -> int:
    """The place after a word such as ``__NOTOC__``, in capitals of any script; else after the first byte."""
    end = at + 2
    while end < at + _LONGEST_MAGIC_WORD and (65 <= data[end] <= 90 or data[end] >= 0x80):
        end += 1
        if data[end] == _UNDERSCORE and data[end + 1] != _UNDERSCORE:
            end += 1
    if end - at < 5 or data[end] != _UNDERSCORE or data[end + 1] != _UNDERSCORE:
        return at + 1
    return end + 2


@kernel
def _end_line(out: np.ndarray, line: int, wrote: int) -> int:
    """Take the marks of a heading off the line that was written last; where it ends then."""
    stop = wrote
    while stop > line and (out[stop - 1] == _SPACE or out[stop - 1] == _TAB):
        stop -= 1
    if stop - line < 3 or out[line] != _EQUALS or out[stop - 1] != _EQUALS:
        return wrote
    start = line
    while start < stop and out[start] == _EQUALS:
        start += 1
    while stop > start and out[stop - 1] == _EQUALS:
        stop -= 1
    for place in range(start, stop):
        out[line + place - start] = out[place]
    return line + stop - start
