"""Where sentences end, by a plain rule that looks at nothing but a sign, what it closes, and white space after it.

To look further, as UAX #29 does for a small letter after a full stop, would be to look beyond the text that is there.
"""

from __future__ import annotations

import re

import numpy as np

from dsgns.corpus.kernels_documents import LINE_FEED, SPACE

# Full stops and their like in Latin, Arabic, Urdu, Devanagari and other scripts of India, Chinese and Japanese; but not
# after a lone letter, of an initial or of an abbreviation such as U.S.
_SIGN = (
    rb"(?:(?<![\x00-\x20.][A-Za-z])(?<!\A[A-Za-z])\.|[!?]|\xd8\x9f|\xdb\x94|\xe0\xa5[\xa4\xa5]"
    rb"|\xe3\x80\x82|\xef\xbc[\x81\x9f]|\xef\xbd\xa1)"
)
_CLOSING = rb"(?:[\"')\]}]|\xc2\xbb|\xe2\x80[\x99\x9d]|\xe3\x80[\x8d\x8f]|\xef\xbc\x89)*"
_END = re.compile(_SIGN + _CLOSING + rb"(?=[\x00-\x20]|\Z)")
# What needs no white space after it.
_WIDE = re.compile(rb"\xe3\x80\x82|\xef\xbc[\x81\x9f]|\xef\xbd\xa1")
_WIDE_SIGN = 3  # bytes


def end_sentences(data: np.ndarray, size: int, wide: bool) -> tuple[int, int]:
    """Write a line feed, which else only ends a document, for the white space after each sentence, in place.

    Parameters
    ----------
    data
        Marked text, uint8, with bytes to spare after the first ``size``. It ends where a word does: a sentence that
        ends there, too, gets its line feed behind it.
    wide
        Whether the signs of Chinese and Japanese end a sentence without white space as well; they become white space.

    Returns
    -------
    tuple
        The size of the text, and how many ends of sentences there are in it that are no ends of documents.
    """
    text = data[:size].tobytes()
    ends = np.array([found.end() for found in _END.finditer(text)], np.int64)
    if ends.size and ends[-1] == size:
        data[size] = SPACE
        size += 1
    marks = ends[data[ends] != LINE_FEED]
    if wide and (signs := [found.start() for found in _WIDE.finditer(text)]):
        starts = np.array(signs, np.int64)
        for place in range(_WIDE_SIGN):
            data[starts + place] = SPACE
        marks = np.union1d(marks, starts)
    data[marks] = LINE_FEED
    return size, int(marks.size)
