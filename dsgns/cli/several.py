"""Options that take several values at once, parted by commas."""

from __future__ import annotations

from typing import Any

import click


class Several(click.ParamType):
    """Values of one kind, parted by commas, without repetitions.

    Parameters
    ----------
    kind
        Of each: ``int``, ``float`` or ``str``.
    among
        The values that are allowed; any, unless given.

    Examples
    --------
    >>> Several(float).convert("0,.5,1", None, None)
    (0.0, 0.5, 1.0)
    """

    def __init__(self, kind: type[Any], among: tuple[Any, ...] = ()) -> None:
        self.kind, self.among = kind, among
        self.name = f"{kind.__name__},..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        """The values."""
        if isinstance(value, tuple):
            return value
        try:
            found = tuple(dict.fromkeys(self.kind(part.strip()) for part in str(value).split(",")))
        except ValueError:
            self.fail(f"{value!r} is no list of values such as {'1,5' if self.kind is int else '0.5,1'}.", param, ctx)
        if self.among and (strange := [one for one in found if one not in self.among]):
            self.fail(f"{strange[0]!r} is not one of {', '.join(map(repr, self.among))}.", param, ctx)
        return found
