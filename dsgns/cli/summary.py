"""What a finished output has to say for itself, in a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dsgns.cli.figures import count, duration, short
from dsgns.store import Output
