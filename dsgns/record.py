"""What all records of parameters share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Self

from dsgns.kinds import converted, kinds_of


class Parameters:
    """A record of values with kinds, to and from plain dictionaries."""

    LATER: ClassVar[frozenset[str]] = frozenset()
    """Fields that came after outputs had been made without them."""

    def to_dict(self) -> dict[str, Any]:
        """The record as a JSON-able dictionary."""
        return asdict(self)  # type: ignore[call-overload]

    def __post_init__(self) -> None:
        for name, kind in kinds_of(type(self)).items():
            object.__setattr__(self, name, converted(name, getattr(self, name), kind))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The record that :meth:`to_dict` came from."""
        return cls(**values)

    def ingredients(self) -> dict[str, Any]:
        """What a key is made from: later fields only where they ask for something else than there was before."""
        return {
            name: value
            for name, value in self.to_dict().items()
            if name not in self.LATER or value != getattr(type(self), name)
        }
