"""What ``--json`` prints."""

from __future__ import annotations

import json
import math
from typing import Any

import click


def print_json(value: Any) -> None:
    """Print a value as one line of JSON; numbers that are none become null, for JSON does not know them."""
    click.echo(json.dumps(_known(value), ensure_ascii=False, allow_nan=False))


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_known(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
