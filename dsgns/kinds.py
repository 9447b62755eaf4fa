"""What an option may be: of which kind, and which values of that kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, get_args, get_type_hints

from dsgns.errors import ParameterError

_KINDS: dict[Any, tuple[type, str]] = {
    bool: (bool, "True or False"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    str: (str, "a string"),
}


def kinds_of(record: type) -> dict[str, Any]:
    """The annotations of a dataclass's fields."""
    hints = get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}


def converted(name: str, given: object, kind: Any) -> Any:
    """A value as the kind it is meant to be, such as ``int`` or ``float | None``: NumPy's numbers become Python's.

    Raises
    ------
    ParameterError
        If it is of another kind.

    Examples
    --------
    >>> converted("shift", 5, float), converted("max_vocabulary", None, int | None)
    (5.0, None)
    """
    meant = [one for one in get_args(kind) or (kind,) if one is not type(None)]
    optional = len(meant) < len(get_args(kind))
    if (given is None and optional) or meant[0] not in _KINDS:
        return given
    accepted, words = _KINDS[meant[0]]
    fits = isinstance(given, accepted) and (not isinstance(given, bool) or meant[0] is bool)
    require(fits, name, given, f"{words}, or None" if optional else words)
    return meant[0](given)


def require(holds: bool, name: str, given: object, allowed: str) -> None:
    """Refuse an option's value, unless something holds.

    Raises
    ------
    ParameterError
        Naming the option, the value, and what is allowed.
    """
    if not holds:
        raise ParameterError(f"{name} is {given!r}; it must be {allowed}.")


def one_of(name: str, given: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is none of those allowed."""
    require(given in allowed, name, given, "one of " + ", ".join(allowed))


def known_options(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse an option of a name that no option has.

    Raises
    ------
    ParameterError
        Naming it, the one it may be meant for, and all that there are.
    """
    names = sorted(known)
    for strange in sorted(set(given).difference(names)):
        near = get_close_matches(strange, names, 1)
        meant = f"; did you mean {near[0]}? There are" if near else "; there are"
        raise ParameterError(f"There is no option {strange!r}{meant} {', '.join(names)}.")


def at_least(name: str, given: float, least: float) -> None:
    """Refuse a value below the least."""
    require(given >= least, name, given, f"at least {least}")
