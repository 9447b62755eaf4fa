"""What files hold, whatever their times say: a digest of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from isal import isal_zlib

from dsgns.corpus.sources import open_source

_AT_ONCE = 4
_STEP = 1 << 20


def digests(urls: Sequence[str], tell: Callable[[int], object]) -> list[str]:
    """A CRC-32 and an Adler-32 of each file, in 16 hexadecimal digits: a change by chance changes them.

    A cryptographic hash takes ten times as long, and would be against those who mean to deceive themselves.

    Parameters
    ----------
    tell
        Called with how many bytes of all have been read, now and then.
    """
    over, lock, read = Event(), Lock(), 0

    def digest(url: str) -> str:
        nonlocal read
        crc, adler = 0, 1
        with open_source(url) as file:
            while not over.is_set() and (piece := file.read(_STEP)):
                crc, adler = isal_zlib.crc32(piece, crc), isal_zlib.adler32(piece, adler)
                with lock:
                    read += len(piece)
                    tell(read)
        return f"{crc:08x}{adler:08x}"

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            return list(pool.map(digest, urls))
        finally:
            over.set()  # Ctrl-C need not wait for the last file
