"""Vectors and matrices as AnnData files (.h5ad), written a block of rows at a time.

anndata itself wants a matrix in memory before it writes; here it writes the names of rows and columns, and
the matrix follows in its documented on-disk format. No more than a block of rows is held.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from dsgns.errors import MissingExtraError, ParameterError, VectorFileError, how_to_add
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.files.whole_file import whole_file
from dsgns.vectors.lexicon import Lexicon

_ROWS = 4096
_CHUNK = 1 << 18


def write(path: str, table: Table) -> None:
    """Write dense vectors: ``X`` of shape (V, d), words as ``obs_names``, their counts in ``obs``.

    Parameters
    ----------
    path
        Ends in ``.h5ad``; a file that is there is replaced once the new one is complete.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    ParameterError
        If the path has another ending.
    """
    rows, size = table.vectors.shape
    with _annotated_file(path, table.words, table.counts, [str(dimension) for dimension in range(size)]) as file:
        chunks = (max(1, min(_CHUNK // size, rows)), size)
        stored = file.create_dataset("X", table.vectors.shape, np.float32, chunks=chunks)
        stored.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        for start in range(0, rows, _ROWS):
            stored[start : start + _ROWS] = table.vectors[start : start + _ROWS]


def read(path: str, reading: Reading) -> Table:
    """Dense vectors: ``X``, named by ``obs_names``, with ``obs["count"]`` where it is.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    VectorFileError
        If the file cannot be read, or its ``X`` is sparse.
    """
    anndata, *_ = _packages()
    require_local(path)
    try:
        held = anndata.read_h5ad(path)
    except Exception as error:  # whatever h5py and anndata make of what they find
        raise VectorFileError(f"{path} cannot be read as AnnData ({error}); fetch or export it again.") from error
    if not isinstance(held.X, np.ndarray):
        raise VectorFileError(f"{path} holds a {type(held.X).__name__} as X; dense vectors are an array.")
    try:
        counts = np.asarray(held.obs["count"], np.int64) if "count" in held.obs else None
        vectors = held.X.astype(np.float32, copy=False)
    except (ValueError, TypeError) as error:
        raise VectorFileError(f"{path}: X, or count in obs, is no numbers ({error}).") from error
    return Table(list(map(str, held.obs_names)), vectors, counts).head(reading.limit)


def save_sparse_anndata(path: str | os.PathLike[str], words: Lexicon, matrix: CSRRows) -> None:
    """Write a sparse matrix: ``X`` as one CSR matrix of shape (V, V), words as ``obs_names`` and ``var_names``.

    Parameters
    ----------
    path
        Ends in ``.h5ad``; a file that is there is replaced once the new one is complete.
    words
        Of rows and columns.
    matrix
        Such as of a ``ppmi`` or ``counts`` output.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    ParameterError
        If the path has another ending.
    """
    with _annotated_file(path, words.index_to_key, words.counts, words.index_to_key) as file:
        group = file.create_group("X")
        group.attrs.update({"encoding-type": "csr_matrix", "encoding-version": "0.1.0", "shape": matrix.shape})
        dtypes = {"data": np.float32, "indices": np.int32}
        arrays = {
            name: group.create_dataset(
                name, (0,), dtype, chunks=(_CHUNK,), maxshape=(None,), compression="lzf", shuffle=True
            )
            for name, dtype in dtypes.items()
        }
        written, indptr = 0, [np.zeros(1, np.int64)]
        for block in matrix.between(0, matrix.shape[0]):
            for name, stored in arrays.items():
                stored.resize((written + len(block.data),))
                if len(block.data):
                    stored[written:] = getattr(block, name)
            indptr.append(written + block.indptr[1:])
            written += len(block.data)
        group.create_dataset("indptr", data=np.concatenate(indptr))


@contextmanager
def _annotated_file(
    path: str | os.PathLike[str], rows: Sequence[str], counts: np.ndarray | None, columns: Sequence[str]
) -> Iterator[Any]:
    """An open HDF5 file that has everything of an AnnData but its ``X``."""
    if not os.fspath(path).endswith(".h5ad"):
        raise ParameterError(f"anndata's file is {os.fspath(path)!r}; its name must end in .h5ad.")
    anndata, h5py, pandas = _packages()
    obs = pandas.DataFrame({} if counts is None else {"count": counts}, index=list(rows))
    with whole_file(path) as partial:
        anndata.AnnData(obs=obs, var=pandas.DataFrame(index=list(columns))).write_h5ad(partial)
        with h5py.File(partial, "r+") as file:
            file.pop("X", None)
            yield file


def _packages() -> tuple[Any, Any, Any]:
    try:
        import anndata
        import h5py
        import pandas
    except ImportError as error:
        raise MissingExtraError(f"anndata is not installed ({error}). {how_to_add('anndata')}") from error
    return anndata, h5py, pandas
