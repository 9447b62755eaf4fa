"""What stands beside each figure of the page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

_CHARTS = {
    "spectrum": ("Spectrum", ("svd",), "Singular values of the weighted counts, the largest first."),
    "loss": ("Loss", ("sgns",), "After each epoch of skip-gram; dashed on text that was held out."),
    "norms": ("Frequency and norm", ("svd", "sgns"), "Length of each vector, in medians. The ring is the word above."),
}
_LACKING = {
    "spectrum": "There is no SVD among the results that are shown.",
    "loss": "There is no loss of SGNS to show.",
}


def captions(drawn: Collection[str], roads: Sequence[str]) -> list[dict[str, Any]]:
    """The charts by name, each with its title, the roads in it, and a sentence.

    Parameters
    ----------
    drawn
        Names of the figures that there are.
    roads
        Those that are shown.
    """
    return [
        {
            "name": name,
            "title": title,
            "roads": [road for road in told_of if road in roads],
            "drawn": name in drawn,
            "text": text if name in drawn else _LACKING[name],
        }
        for name, (title, told_of, text) in _CHARTS.items()
    ]


def about_map(words: int) -> str:
    """What is on the map, and how one moves."""
    return (
        f"The most frequent words, {words:,} at most, and the word above with its neighbours; PCA: by their first two "
        "principal components. Drag to move, Ctrl + wheel to zoom."
    )
