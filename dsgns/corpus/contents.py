"""What files hold, whatever their times say: a digest of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from dsgns.corpus.sources import open_source

_AT_ONCE = 4
_STEP = 1 << 20


def digests(urls: Sequence[str], tell: Callable[[int], object]) -> list[str]:
    """The BLAKE2b of each file, in hexadecimal digits.

    Parameters
    ----------
    tell
        Called with how many bytes of all have been read, now and then.
    """
    over, lock, read = Event(), Lock(), 0

    def digest(url: str) -> str:
        nonlocal read
        found = hashlib.blake2b(digest_size=16)
        with open_source(url) as file:
            while not over.is_set() and (piece := file.read(_STEP)):
                found.update(piece)
                with lock:
                    read += len(piece)
                    tell(read)
        return found.hexdigest()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            return list(pool.map(digest, urls))
        finally:
            over.set()  # Ctrl-C need not wait for the last file
