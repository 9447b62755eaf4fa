"""How much of the workers' time replicas spend on anything but training."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

from dsgns.engine import Spent

TRAINING = frozenset({"touched", "train_chunks"})
"""Tasks whose work is training; what they wait for is brought to them."""

EXCHANGING = frozenset({"take", "changes_to", "head", "curvatures", "merge", "moments", "balance", "balanced"})
"""Tasks that only several replicas need."""

_EVERY = 1.0  # seconds between two looks at the scheduler's record


class Spending(Protocol):
    """Knows what tasks took, by their functions."""

    def look(self) -> Mapping[str, Spent]:
        """All so far."""


class Exchange:
    """The part of the time that goes into pulling rows, pushing changes and merging them.

    Parameters
    ----------
    spending
        Of the training's tasks.
    """

    def __init__(self, spending: Spending) -> None:
        self._spending = spending
        self._looked = time.monotonic()
        self._share: float | None = None

    def share(self) -> float | None:
        """Of all that workers did so far; None before anything is known."""
        if time.monotonic() - self._looked >= _EVERY:
            self._share, self._looked = share_of(self._spending.look()), time.monotonic()
        return self._share


def share_of(spent: Mapping[str, Spent]) -> float | None:
    """Exchange over exchange and training, in seconds of workers.

    Examples
    --------
    >>> share_of({"train_chunks": Spent(working=6.0, moving=1.0), "merge": Spent(0.5, 0.25), "take": Spent(0.25, 0.0)})
    0.25
    """
    training = sum(spent[name].working for name in TRAINING & spent.keys())
    moving = sum(spent[name].moving for name in (TRAINING | EXCHANGING) & spent.keys())
    exchanging = moving + sum(spent[name].working for name in EXCHANGING & spent.keys())
    return exchanging / (exchanging + training) if exchanging + training else None
