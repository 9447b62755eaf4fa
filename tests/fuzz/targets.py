"""All that is fuzzed."""

from __future__ import annotations

from tests.fuzz.text import TEXT
from tests.fuzz.vector_files import VECTOR_FILES

TARGETS = TEXT | VECTOR_FILES
