from __future__ import annotations

from pathlib import Path

import pytest

from dsgns.corpus.shards import Shard, plan_shards
from dsgns.corpus.texts import Place
from dsgns.parameters import CorpusParameters
from tests.support.texts import place_files, tokens_by_shards

LINES = CorpusParameters()


def bytes_of(shards: list[Shard], places: list[Place]) -> list[bytes]:
    texts = [b""] * len(places)
    for shard in shards:
        for span in shard.spans:
            data = Path(span.place.url).read_bytes()
            assert len(texts[span.source]) == span.start
            texts[span.source] += data[span.start : span.stop]
    return texts


@pytest.mark.parametrize("shard_size", [1, 100, 4096, 10_000, 1 << 20])
def test_shards_cover_every_byte_once_and_in_order(tmp_path: Path, shard_size: int) -> None:
    files = [b"a line\n" * 3000, b"", b"word " * 5000, b"x\n", b"no end"]
    places = place_files(tmp_path, files)
    assert bytes_of(plan_shards(places, None, shard_size, LINES), places) == files


def test_small_sources_share_a_shard_and_large_ones_are_cut(tmp_path: Path) -> None:
    places = place_files(tmp_path, [b"one line\n" * 10] * 20 + [b"one line\n" * 10_000])
    shards = plan_shards(places, None, 10_000, LINES)
    assert len(shards[0].spans) == 20
    assert len(shards) == 1 + 9
    assert all(span.start == span.document for shard in shards for span in shard.spans)


def test_a_single_giant_line_is_cut_at_white_space(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(50_000)]
    places = place_files(tmp_path, [" ".join(words).encode()])
    shards = plan_shards(places, None, 1 << 14, LINES)
    assert len(shards) == places[0].size // (1 << 14) + 1
    assert all(shard.spans[0].document == 0 for shard in shards)
    assert tokens_by_shards(places, 1 << 14, LINES)[0] == [words]


def test_a_line_of_words_longer_than_the_shards(tmp_path: Path) -> None:
    words = [letter * 9000 for letter in "abcdef"]
    places = place_files(tmp_path, [" ".join(words).encode()])
    assert tokens_by_shards(places, 1000, LINES)[0] == [words]
