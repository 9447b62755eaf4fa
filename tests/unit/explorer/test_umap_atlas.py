"""A map by UMAP, and by something that stands in for it where time is short."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from bokeh.document import Document

from dsgns.errors import MissingExtraError
from dsgns.explorer.exchange import Exchange
from dsgns.explorer.umap_atlas import UmapAtlas
from dsgns.vectors.words import WordVectors
from tests.support.processes import wait_until


def two_groups(words: int, vector_size: int) -> WordVectors:
    """Every other word near the same one of two others."""
    rng = np.random.default_rng(5)
    middles = rng.normal(size=(2, vector_size))
    rows = middles[np.arange(words) % 2] + 0.1 * rng.normal(size=(words, vector_size))
    return WordVectors([f"w{row}" for row in range(words)], rows.astype(np.float32))


class _FirstNumbers:
    """Lays points by their first two numbers, and remembers how it was made."""

    made: dict[str, Any]

    def __init__(self, **settings: Any) -> None:
        type(self).made = settings

    def fit_transform(self, rows: np.ndarray) -> np.ndarray:
        return rows[:, :2]


def test_words_that_are_not_on_the_map_lie_among_those_that_are_like_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=_FirstNumbers))
    atlas = UmapAtlas(two_groups(30, 6), 12)
    assert np.array_equal(atlas.places, atlas.rows[:, :2])
    assert _FirstNumbers.made["n_neighbors"] == 11
    assert np.array_equal(atlas.places_of([3, 4]), atlas.places[[3, 4]])
    even, odd = atlas.places_of([20, 21])
    assert np.linalg.norm(even - atlas.places[::2].mean(axis=0)) < 0.1
    assert np.linalg.norm(odd - atlas.places[1::2].mean(axis=0)) < 0.1


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtraError, match=r"\[umap\]"):
        _ = UmapAtlas(two_groups(30, 6), 12).places
    assert UmapAtlas(two_groups(30, 6), 3).places.shape == (3, 2)


def test_slow_questions_are_answered_beside_the_others() -> None:
    document, exchange, pushed = Document(), Exchange(), []
    document.add_root(exchange)
    document.add_next_tick_callback = pushed.append  # type: ignore[method-assign]
    exchange.serve(lambda question: {"ask": question["ask"]}, lambda question: question["ask"] == "slow")
    exchange.question = json.dumps({"id": 1, "ask": "slow"})
    exchange.question = json.dumps({"id": 2, "ask": "quick"})
    assert json.loads(exchange.answer) == {"id": 2, "ask": "quick"}
    wait_until("the slow answer", lambda: pushed)
    pushed[0]()
    assert json.loads(exchange.answer) == {"id": 1, "ask": "slow"}


@pytest.mark.long
def test_umap_lays_groups_apart_and_the_same_way_each_time() -> None:
    pytest.importorskip("umap")
    first, second = (UmapAtlas(two_groups(80, 6), 60).places for _ in range(2))
    assert np.array_equal(first, second)
    apart = np.linalg.norm(first[::2].mean(axis=0) - first[1::2].mean(axis=0))
    assert apart > 3 * first[::2].std(axis=0).max()
