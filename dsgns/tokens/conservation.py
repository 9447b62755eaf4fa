"""Where every token went, and proof that none was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.errors import CorpusError
from dsgns.store import Manifest

DESTINATIONS = ("used", "out_of_vocabulary", "filtered", "held_out")


def conservation(encoded: Sequence[Manifest]) -> dict[str, int]:
    """Tokens read and where they went, added up over the blocks; the first is the sum of the others."""
    accounts = {name: sum(int(block.facts[name]) for block in encoded) for name in DESTINATIONS}
    return {"tokens_read": sum(accounts.values()), **accounts}


def require_conservation(accounts: Mapping[str, int], counted: Mapping[str, Any]) -> None:
    """Make sure that encoding met the tokens that were counted for the vocabulary, to the last one.

    Parameters
    ----------
    accounts
        Of :func:`conservation`.
    counted
        The facts of the vocabulary: its ``total`` is of the words that have an id, each counted on its own.

    Raises
    ------
    CorpusError
        If a number differs.
    """
    expected = {
        "tokens_read": counted["tokens_read"],
        "used": counted["total"],
        "out_of_vocabulary": counted["used"] - counted["total"],
        "filtered": counted["filtered"],
        "held_out": counted["held_out"],
    }
    for name, number in expected.items():
        if accounts[name] != number:
            raise CorpusError(
                f"The text has changed between two readings: {name.replace('_', ' ')} was {number} tokens when the "
                f"vocabulary was counted and is {accounts[name]} now. Run the same command again once the files rest."
            )
