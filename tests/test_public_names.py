"""The public face: these names and no others, loaded when they are asked for."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import dsgns

NAMES = [
    "AnalogySet",
    "Checkpoint",
    "DsgnsError",
    "EarlyStopping",
    "Event",
    "Keep",
    "LossLog",
    "Moment",
    "Newcomers",
    "RunStoppedError",
    "SGNSEmbedding",
    "SVDEmbedding",
    "SimilaritySet",
    "SparseVectors",
    "Stop",
    "TimeLimit",
    "Until",
    "WordVectors",
    "Workspace",
    "__version__",
    "align",
    "count_cooccurrences",
    "count_words",
    "encode_tokens",
    "evaluate_analogies",
    "evaluate_similarity",
    "factorize",
    "find_newcomers",
    "import_counts",
    "merge",
    "open_workspace",
    "read_set",
    "sweep",
    "train",
    "train_sgns",
    "write_ppmi",
]
# What takes long to import: none of it may come with `import dsgns`.
HEAVY = ("numba", "numpy", "scipy", "zarr", "dask", "distributed", "rich")


def test_exported_names_are_the_intended_ones() -> None:
    assert dsgns.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_there_and_documented(name: str) -> None:
    assert name in dir(dsgns)
    shown = getattr(dsgns, name).__doc__
    # The suite runs these examples; a version is a plain string.
    assert name == "__version__" or (">>> " in shown and "+SKIP" not in shown)


def test_nothing_else_is_listed() -> None:
    assert dir(dsgns) == sorted(NAMES)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="fit_transform"):
        dsgns.fit_transform  # noqa: B018


def test_star_import_brings_exactly_these() -> None:
    names: dict[str, object] = {}
    exec("from dsgns import *", names)
    assert sorted(set(names) - {"__builtins__"}) == sorted(NAMES)


def test_modules_do_not_hide_public_names() -> None:
    """A submodule's name becomes an attribute of the package: it must not be a public one."""
    importlib.import_module("dsgns.pipeline")
    assert callable(dsgns.train)


@pytest.mark.parametrize(
    "statement", ["import dsgns", "from dsgns.cli import main; main(['--help'], standalone_mode=False)"]
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement: str) -> None:
    """So `import dsgns` and `dsgns --help` answer in well under half a second."""
    check = f"{statement}\nimport sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
