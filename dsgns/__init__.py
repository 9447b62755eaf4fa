"""Word embeddings trained out of core and distributed: one corpus, one workspace, two roads."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dsgns.errors import DsgnsError
from dsgns.version import __version__

if TYPE_CHECKING:
    from dsgns.engine import Event
    from dsgns.evaluation.analogies import evaluate_analogies
    from dsgns.evaluation.similarity import evaluate_similarity
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors
    from dsgns.workspace import Workspace, open_workspace, train

# Loaded when they are first asked for: numba, zarr and Dask together take longer to import than `dsgns --help`
# may take to answer.
_HOMES = {
    "Event": "dsgns.engine",
    "SparseVectors": "dsgns.vectors.sparse",
    "WordVectors": "dsgns.vectors.words",
    "Workspace": "dsgns.workspace",
    "evaluate_analogies": "dsgns.evaluation.analogies",
    "evaluate_similarity": "dsgns.evaluation.similarity",
    "open_workspace": "dsgns.workspace",
    "train": "dsgns.workspace",
}

__all__ = [
    "DsgnsError",
    "Event",
    "SparseVectors",
    "WordVectors",
    "Workspace",
    "__version__",
    "evaluate_analogies",
    "evaluate_similarity",
    "open_workspace",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dsgns' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
