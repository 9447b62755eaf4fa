"""The name an output has: readable, and different whenever anything that shapes it differs."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_SAFE = re.compile(r"[^A-Za-z0-9._=+-]+")


def key_of(readable: str, version: int, **ingredients: Any) -> str:
    """The key of an output made from these ingredients.

    Parameters
    ----------
    readable
        What a person wants to see in the name.
    version
        Of the algorithm: raised whenever the same ingredients give another result.
    **ingredients
        Keys of inputs and parameter dictionaries; JSON-able.

    Examples
    --------
    >>> key_of("w5-flat", 1, tokens="a-12345678", window=5)
    'w5-flat-5b5c513f'
    """
    text = json.dumps({"version": version, **ingredients}, sort_keys=True)
    return f"{_SAFE.sub('-', readable).strip('-.')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def safe_name(name: str) -> bool:
    """Whether a name read from a workspace stays inside it."""
    return bool(name) and all(part not in ("", ".", "..") for part in name.split("/")) and "\\" not in name
