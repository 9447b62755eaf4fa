"""Words drawn by their position in the text, so that any range of it can be made without the rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsgns.compile import kernel

PHRASE = 32
"""Words that have a theme in common."""

CELL = 16
"""Bytes kept for a word: its letters, spaces, and last how many bytes it takes with one of the spaces."""


class Draws(NamedTuple):
    """A language as its draws need it.

    Alias tables (Walker 1977, Vose 1991): column ``i`` stands for itself below ``threshold[i]`` / 2**32, and for
    ``alias[i]`` above.

    Parameters
    ----------
    threshold, alias
        All words, uint32 and int32, shape (V,).
    theme_threshold, theme_alias
        The themes, shape (T,).
    member_threshold, member_alias
        The words of each theme, theme after theme, shape (V - C,).
    members
        The words of those columns, int32, shape (V - C,).
    begin
        Where each theme's columns begin, int64, shape (T + 1,).
    common
        C: words of a lower rank have no theme.
    attraction
        How likely a word with a theme is drawn from the phrase's, of 2**32.
    line_end
        How likely a line ends with a phrase, of 2**32.
    seed
        uint64.
    """

    threshold: np.ndarray
    alias: np.ndarray
    theme_threshold: np.ndarray
    theme_alias: np.ndarray
    member_threshold: np.ndarray
    member_alias: np.ndarray
    members: np.ndarray
    begin: np.ndarray
    common: int
    attraction: int
    line_end: int
    seed: int


@kernel(inline="always")
def scrambled(key: int, number: int) -> int:
    """64 random bits for a number (splitmix64: Steele, Lea & Flood 2014)."""
    bits = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@kernel(inline="always")
def column_of(bits: int, size: int) -> int:
    """A column out of so many, by the upper half of the bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))


@kernel(inline="always")
def lower(bits: int) -> int:
    """The lower half of the bits."""
    return bits & np.uint64(0xFFFFFFFF)


@kernel(inline="always")
def stands_for(bits: int, column: int, threshold: int, alias: int) -> int:
    """A column, or its alias; both are loaded, because a branch on random bits is guessed wrong half the time."""
    return np.int64(column) if lower(bits) < threshold else np.int64(alias)


@kernel
def draw_words(draws: Draws, start: int, words: np.ndarray) -> None:
    """Fill in the words at positions ``start``, ``start + 1``, ..., int32, themes not heeded."""
    key = scrambled(draws.seed, 1)
    for place in range(words.size):
        bits = scrambled(key, start + place)
        column = column_of(bits, draws.alias.size)
        words[place] = stands_for(bits, column, draws.threshold[column], draws.alias[column])


@kernel
def draw_members(draws: Draws, start: int, words: np.ndarray) -> None:
    """Put words of the theme of each phrase in the place of some of the words that have a theme."""
    theme_key, swap_key = scrambled(draws.seed, 2), scrambled(draws.seed, 3)
    member_key = scrambled(draws.seed, 4)
    attraction, drawn_phrase, first, size = np.uint64(draws.attraction), np.int64(-1), np.int64(0), np.int64(0)
    for place in range(words.size):
        position = start + place
        if words[place] < draws.common or lower(scrambled(swap_key, position)) >= attraction:
            continue
        phrase = position // PHRASE
        if phrase != drawn_phrase:
            drawn_phrase, bits = phrase, scrambled(theme_key, phrase)
            column = column_of(bits, draws.theme_alias.size)
            theme = stands_for(bits, column, draws.theme_threshold[column], draws.theme_alias[column])
            first, size = draws.begin[theme], draws.begin[theme + 1] - draws.begin[theme]
        bits = scrambled(member_key, position)
        column = first + column_of(bits, size)
        words[place] = draws.members[
            stands_for(bits, column, draws.member_threshold[column], draws.member_alias[column])
        ]


@kernel(inline="always")
def put(letters: int, text: np.ndarray, place: int) -> None:
    """Write eight letters, the lowest bits first; the compiler makes one store of these."""
    for letter in range(8):
        text[np.uint64(place + letter)] = np.uint8(letters >> np.uint64(8 * letter))


@kernel
def write_words(draws: Draws, start: int, words: np.ndarray, cells: np.ndarray, text: np.ndarray) -> int:
    """Spell the words from position ``start`` on, each with the white space after it; the bytes written.

    ``text`` needs room for a whole cell a word: that many bytes are copied, and the next word written over the rest.
    """
    key, line_end = scrambled(draws.seed, 5), np.uint64(draws.line_end)
    size = 0
    for place in range(words.size):
        word = np.uint64(words[place])
        head, tail = cells[word, 0], cells[word, 1]
        put(head, text, size)
        put(tail, text, size + 8)
        size += np.int64(tail >> np.uint64(56))
        position = start + place
        if (position + 1) % PHRASE == 0 and lower(scrambled(key, position // PHRASE)) < line_end:
            text[size - 1] = 10
    return size


@kernel
def alias_table(weights: np.ndarray, threshold: np.ndarray, alias: np.ndarray) -> None:
    """Fill in the alias table of weights, float64 of any sum (Vose 1991)."""
    size = weights.size
    scaled = weights * (size / weights.sum())
    order, small, large = np.empty(size, np.int64), 0, size
    for column in range(size):
        if scaled[column] < 1.0:
            order[small] = column
            small += 1
        else:
            large -= 1
            order[large] = column
    # What is small waits in order[:small], what is large in order[large:].
    for column in range(size):
        threshold[column], alias[column] = np.uint32(0xFFFFFFFF), column
    while small > 0 and large < size:
        small -= 1
        least, most = order[small], order[large]
        threshold[least], alias[least] = np.uint32(scaled[least] * 4294967296.0), most
        scaled[most] -= 1.0 - scaled[least]
        if scaled[most] < 1.0:
            large += 1
            order[small] = most
            small += 1
