"""What each character is to a word, after Unicode's rules for word boundaries (UAX #29)."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

import numpy as np

from dsgns.corpus.kernels_characters import (
    CONNECTOR,
    DIGIT,
    FORMAT,
    IDEOGRAPH,
    LETTER,
    MARK,
    MID_BOTH,
    MID_LETTER,
    MID_NUMBER,
    OTHER,
)

_CATEGORIES = {
    **dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl"), LETTER),
    **dict.fromkeys(("Mn", "Mc", "Me"), MARK),
    "Nd": DIGIT,
    "Cf": FORMAT,
}
# The colon, which only Swedish and Finnish have within words, is left out, as CLDR has it.
_SIGNS = {
    "\u00b7\u0387\u055f\u05f4\u2027": MID_LETTER,
    ",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b": MID_NUMBER,
    "'.\u2018\u2019\u2024\ufe52\uff07\uff0e": MID_BOTH,
    # The zero-width non-joiner parts Persian words visibly, and is no part of them where they end.
    "_\u202f\u203f\u2040\u2054\ufe33\ufe34\ufe4d\ufe4e\ufe4f\uff3f\u200c": CONNECTOR,
    "\u200d": MARK,  # the joiner shapes the letter before it, as marks do
    "\u200b": OTHER,  # the zero-width space ends words, where Thai and Khmer are written with it
}
# Letters of the scripts that are written without spaces, and whose words no rule finds: Han, kana and bopomofo.
_IDEOGRAPHS = (
    (0x3005, 0x3007),
    (0x3021, 0x303C),
    (0x3041, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFF),
)


@cache
def character_classes() -> np.ndarray:
    """The class of each code point, uint8, as the kernels of characters name them."""
    codes = range(sys.maxunicode + 1)
    found = (_CATEGORIES.get(unicodedata.category(chr(code)), OTHER) for code in codes)
    classes = np.fromiter(found, np.uint8, len(codes))
    for signs, kind in _SIGNS.items():
        classes[[ord(sign) for sign in signs]] = kind
    for first, last in _IDEOGRAPHS:
        stretch = classes[first : last + 1]
        stretch[stretch == LETTER] = IDEOGRAPH
    return classes
