"""A tokenizer of one's own that takes its process with it."""

from __future__ import annotations

import os
import signal


def split(document: str) -> list[str]:
    """Words between spaces, unless one of them is ``poison``."""
    words = document.split()
    if "poison" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    return words
