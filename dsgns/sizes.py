"""Sizes and times as people write them."""

from __future__ import annotations

import re

from dsgns.errors import ParameterError

_UNITS = {"": 1} | {
    letter + suffix: base**power
    for power, letter in enumerate("kmgt", start=1)
    for suffix, base in (("", 10**3), ("i", 2**10))
}


def parse_bytes(size: int | str) -> int:
    """A size in bytes, from a number or a string such as ``"2 GiB"``.

    Raises
    ------
    ParameterError
        If it is no size.

    Examples
    --------
    >>> parse_bytes("1.5 MiB")
    1572864
    """
    if isinstance(size, int):
        return size
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?i?)b?\s*", str(size).lower())
    if match is None or match[2] not in _UNITS:
        raise ParameterError(f"{size!r} is no size; write a number and a unit, such as 512MiB, 2GiB or 1.5GB.")
    return int(float(match[1]) * _UNITS[match[2]])


def enough_bytes(name: str, given: int, least: int) -> None:
    """Refuse a size below the least, which is mostly one whose unit was left out.

    Raises
    ------
    ParameterError
        Saying with which unit it may have been meant.

    Examples
    --------
    >>> enough_bytes("shard_size", 64, 1024)
    Traceback (most recent call last):
    dsgns.errors.ParameterError: shard_size is 64, which is taken for bytes; it must be at least 1024. Was 64MiB meant?
    """
    if given < least:
        meant = f" Was {given}{'GiB' if given < 64 else 'MiB'} meant?" if given > 0 else ""
        raise ParameterError(f"{name} is {given}, which is taken for bytes; it must be at least {least}.{meant}")


_SECONDS = {"": 1, "s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}


def parse_seconds(time: float | str) -> float:
    """A time in seconds, from a number or a string such as ``"90 min"`` or ``"2h"``.

    Raises
    ------
    ParameterError
        If it is no time.

    Examples
    --------
    >>> parse_seconds("1.5 h"), parse_seconds(30)
    (5400.0, 30.0)
    """
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(s|min|m|h|d|)\s*", str(time).lower())
    if match is None:
        raise ParameterError(f"{time!r} is no time; write a number and a unit, such as 90s, 30min, 2h or 1.5d.")
    return float(match[1]) * _SECONDS[match[2]]
