"""Reading texts through the corpus package, cut as a test wants it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dsgns.corpus import custom, decode, documents, grid, readers, shards, texts
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.shards import plan_shards
from dsgns.corpus.streams import read_tokens
from dsgns.corpus.texts import Place
from dsgns.parameters import CorpusParameters


def use_small_steps(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let text pass in steps of a few bytes, so that a small text has many seams."""
    monkeypatch.setattr(readers, "PIECE", size)
    monkeypatch.setattr(documents, "_STEP", size)
    monkeypatch.setattr(shards, "_LEAST_WINDOW", size)
    for module in (custom, grid, shards):
        monkeypatch.setattr(module, "PART", 4 * size)
    for module in (texts, decode):
        monkeypatch.setattr(module, "FRAME", size)
        monkeypatch.setattr(module, "BLOCK", 3 * size)


def place_files(folder: Path, files: list[bytes]) -> list[Place]:
    """Write plain files; where their texts are found."""
    for number, data in enumerate(files):
        (folder / f"{number}.txt").write_bytes(data)
    return [Place(str(folder / f"{number}.txt"), len(data)) for number, data in enumerate(files)]


def tokens_by_shards(
    places: list[Place], shard_size: int, parameters: CorpusParameters, dropped: dict[int, np.ndarray] | None = None
) -> list[list[list[str]]]:
    """Documents as lists of tokens for each destination, read shard by shard.

    A document that is open at the end of all shards comes out too, so that a lost line feed is seen.
    """
    streams = [bytearray(), bytearray(), bytearray()]
    for shard in plan_shards(places, None, shard_size, parameters):
        for goes, data, size in read_tokens(shard, parameters, None, Ledger(shard.sources), dropped or {}):
            streams[goes] += data[:size].tobytes() + b" "
    return [_documents(bytes(stream)) for stream in streams]


def _documents(stream: bytes) -> list[list[str]]:
    white = bytes(32 if code <= 32 and code != 10 else code for code in range(256))
    *whole, rest = [line.split(b" ") for line in stream.translate(white).split(b"\n")]
    found = [*whole, rest] if any(rest) else whole
    return [[word.decode() for word in line if word] for line in found]
