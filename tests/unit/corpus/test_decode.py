from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest

from dsgns.corpus.decode import decode_volume, volumes_of
from dsgns.corpus.sources import Source, find_sources
from dsgns.corpus.texts import Place, block_name, open_text, read
from dsgns.errors import CorruptBlockError, TruncatedSourceError
from dsgns.parameters import CorpusParameters
from dsgns.store import Output, Workspace
from tests.support.texts import use_small_steps

TEXTS = [b"".join(b"%d " % number for number in range(count)) for count in (3000, 0, 500)]


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Source, ...]:
    use_small_steps(monkeypatch, 1000)
    for number, text in enumerate(TEXTS):
        (tmp_path / f"{number}.gz").write_bytes(gzip.compress(text))
    return tuple(find_sources([f"{tmp_path}/*.gz"]))


@pytest.fixture
def decoded(workspace: Workspace) -> Output:
    return workspace.output("text", "a-text")


def test_sources_are_read_back_from_anywhere(sources: tuple[Source, ...], decoded: Output) -> None:
    manifest = decode_volume(decoded, "streams/00000", 0, sources, CorpusParameters())
    sizes = decoded.read("streams/00000")["sizes"]
    assert sizes.tolist() == [len(text) for text in TEXTS]
    assert manifest.facts["parts"] == [block_name(0, block) for block in range(-(-sum(sizes) // 3000))]
    for source, text, base in zip(sources, TEXTS, np.cumsum(sizes) - sizes, strict=True):
        with open_text(Place(source.url, len(text), 0, int(base)), decoded) as opened:
            for start, stop in [(0, len(text)), (len(text) // 3, len(text) // 2), (0, min(1, len(text)))]:
                assert read(opened, start, stop) == text[start:stop]


def test_blocks_of_an_interrupted_run_are_kept(sources: tuple[Source, ...], decoded: Output) -> None:
    first = decode_volume(decoded, "streams/00000", 0, sources, CorpusParameters())
    written = {name: manifest.written for name, manifest in decoded.manifests("volumes").items()}
    decoded.remove("streams/00000")
    decoded.remove(block_name(0, 2))
    again = decode_volume(decoded, "streams/00000", 0, sources, CorpusParameters())
    assert again.facts == first.facts
    now = {name: manifest.written for name, manifest in decoded.manifests("volumes").items()}
    assert [name for name in now if now[name] != written[name]] == [block_name(0, 2)]
    assert all(decoded.check(name) for name in now)


def test_decoded_text_that_is_damaged(sources: tuple[Source, ...], decoded: Output) -> None:
    decode_volume(decoded, "streams/00000", 0, sources, CorpusParameters())
    path = decoded.path(block_name(0, 1))
    assert path is not None
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with (
        open_text(Place("0.gz", len(TEXTS[0]), 0, 0), decoded) as text,
        pytest.raises(CorruptBlockError, match="00001"),
    ):
        read(text, 0, len(TEXTS[0]))


def test_a_truncated_source_leaves_no_index(tmp_path: Path, decoded: Output) -> None:
    packed = lzma.compress(b"some words here " * 50_000)
    (tmp_path / "a.xz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(TruncatedSourceError, match=r"a\.xz ends too soon"):
        decode_volume(decoded, "streams/00000", 0, tuple(find_sources([str(tmp_path / "a.xz")])), CorpusParameters())
    assert decoded.manifest("streams/00000") is None


def test_small_sources_share_a_volume() -> None:
    sizes = [(1 << 20, "gz"), (9 << 20, "gz"), (5, ""), (1 << 20, "xz"), (7 << 20, "zst"), (1, "bz2")]
    sources = [Source(str(number), size, "", compression) for number, (size, compression) in enumerate(sizes)]
    assert volumes_of(sources) == [[0], [1], [3, 4], [5]]
    assert volumes_of([Source("a", 1, "")]) == []
    pages = [Source("a", size, "", "bz2", "export") for size in (1 << 20, 1 << 20, 1 << 10, 1 << 10)]
    assert volumes_of(pages) == [[0], [1], [2, 3]]
