from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
import zstandard

from dsgns.corpus.decoding import decode_stream
from dsgns.corpus.formats import compression_of
from dsgns.errors import TruncatedSourceError

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}
TEXT = b"".join(b"line %d of a text\n" % number for number in range(20_000))


def decode(data: bytes, compression: str) -> bytes:
    return b"".join(decode_stream(io.BytesIO(data), compression, "corpus.txt"))


@pytest.fixture(params=PACKERS)
def compression(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_first_bytes_tell_the_compression(compression: str) -> None:
    assert compression_of(PACKERS[compression](TEXT)) == compression
    assert compression_of(TEXT) == ""


def test_members_one_after_the_other_are_one_stream(compression: str) -> None:
    pack = PACKERS[compression]
    assert decode(pack(TEXT) + pack(b"") + pack(b"more"), compression) == TEXT + b"more"


def test_an_empty_stream(compression: str) -> None:
    assert decode(PACKERS[compression](b""), compression) == b""


@pytest.mark.parametrize("compression", ["gz", "xz"])
def test_padding_after_a_member(compression: str) -> None:
    packed = PACKERS[compression](TEXT)
    assert decode(packed + bytes(64) + packed + bytes(20_000), compression) == TEXT + TEXT


def test_skippable_frames_of_zstd() -> None:
    frame = b"\x5b\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    packed = frame + PACKERS["zst"](TEXT)
    assert compression_of(packed) == "zst"
    assert decode(packed, "zst") == TEXT


def test_a_few_bytes_that_stand_for_many_are_decoded_in_bounded_pieces(compression: str) -> None:
    size = 20 << 20
    packed = PACKERS[compression](TEXT + bytes(size)) + PACKERS[compression](TEXT)
    limit = 17 << 20 if compression == "zst" else 1 << 20
    total = 0
    for piece in decode_stream(io.BytesIO(packed), compression, "corpus.txt"):
        assert len(piece) <= limit
        total += len(piece)
    assert total == size + 2 * len(TEXT)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_stream(compression: str, share: float) -> None:
    packed = PACKERS[compression](TEXT)
    with pytest.raises(TruncatedSourceError, match=r"corpus\.txt ends too soon: .* after \d+ decoded bytes"):
        decode(packed[: int(share * len(packed))], compression)


def test_a_stream_truncated_in_its_second_member(compression: str) -> None:
    packed = PACKERS[compression](TEXT)
    with pytest.raises(TruncatedSourceError):
        decode(packed + packed[: len(packed) // 2], compression)


@pytest.mark.parametrize("compression", ["gz", "bz2", "xz"])
def test_a_damaged_stream(compression: str) -> None:
    packed = bytearray(PACKERS[compression](TEXT))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(TruncatedSourceError, match=r"corpus\.txt is damaged: it cannot be decoded beyond \d+"):
        decode(bytes(packed), compression)


def test_what_follows_a_member_and_is_none(compression: str) -> None:
    with pytest.raises(TruncatedSourceError, match="is damaged"):
        decode(PACKERS[compression](TEXT) + b"no member at all", compression)
