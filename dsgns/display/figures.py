"""Numbers as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: float) -> str:
    """A count with its thousands parted.

    Examples
    --------
    >>> count(16981887)
    '16,981,887'
    """
    return f"{round(number):,}"


def counted(number: float, noun: str) -> str:
    """A count of things.

    Examples
    --------
    >>> counted(1, "file"), counted(16981887, "token")
    ('1 file', '16,981,887 tokens')
    """
    return f"{count(number)} {noun}" + "s" * (round(number) != 1)


def short(number: float) -> str:
    """A count in three digits.

    Examples
    --------
    >>> short(16981887), short(950), short(-1200)
    ('17.0M', '950', '-1.20k')
    """
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(number) >= size:
            value = number / size
            return f"{value:.{max(0, 2 - len(str(int(abs(value)))) + 1)}f}{unit}"
    return f"{number:.0f}"


def size(number: float) -> str:
    """Bytes in the largest unit that leaves a whole number.

    Examples
    --------
    >>> size(3 << 20), size(5.5 * 2**30), size(12)
    ('3.0 MiB', '5.5 GiB', '12 B')
    """
    for unit, one in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if number >= one:
            return f"{number / one:.1f} {unit}"
    return f"{number:.0f} B"


def duration(seconds: float) -> str:
    """A time in its two largest units.

    Examples
    --------
    >>> duration(0.25), duration(75), duration(7325)
    ('0.2 s', '1 min 15 s', '2 h 02 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1, indent: str = "") -> str:
    """Columns under their names, the first ``left`` of them flush left and the others flush right.

    Examples
    --------
    >>> print(table(["word", "count"], [["the", "12"], ["of", "7"]]))
    word  count
    the      12
    of        7
    """
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def aligned(line: list[str]) -> str:
        cells = zip(line, widths, strict=True)
        return "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width) for column, (cell, width) in enumerate(cells)
        )

    return "\n".join((indent + aligned(line)).rstrip() for line in lines)


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """The same as a table of Markdown.

    Examples
    --------
    >>> print(markdown(["word", "count"], [["a|b", "12"]]))
    | word | count |
    | --- | ---: |
    | a\\|b | 12 |
    """
    marks = ["---" if column < left else "---:" for column in range(len(header))]
    cells = [list(header), marks, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
