"""Vectors and matrices as AnnData files (.h5ad), written a block of rows at a time.

anndata itself wants a matrix in memory before it writes; here it writes the names of rows and columns, and
the matrix follows in its documented on-disk format. No more than a block of rows is held.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from dsgns.errors import MissingExtraError, ParameterError, how_to_add
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.lexicon import Lexicon
from dsgns.vectors.whole_file import whole_file
from dsgns.vectors.words import WordVectors

_ROWS = 4096
_CHUNK = 1 << 18


def save_anndata(path: str | os.PathLike[str], vectors: WordVectors) -> None:
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
    columns = [str(dimension) for dimension in range(vectors.vector_size)]
    with _annotated_file(path, vectors, columns) as file:
        shape = vectors.vectors.shape
        stored = file.create_dataset(
            "X", shape, np.float32, chunks=(max(1, min(_CHUNK // shape[1], shape[0])), shape[1])
        )
        stored.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        for start in range(0, shape[0], _ROWS):
            stored[start : start + _ROWS] = vectors.vectors[start : start + _ROWS]


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
    with _annotated_file(path, words, words.index_to_key) as file:
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
def _annotated_file(path: str | os.PathLike[str], words: Lexicon, columns: list[str]) -> Iterator[Any]:
    """An open HDF5 file that has everything of an AnnData but its ``X``."""
    if not os.fspath(path).endswith(".h5ad"):
        raise ParameterError(f"anndata's file is {os.fspath(path)!r}; its name must end in .h5ad.")
    try:
        import anndata
        import h5py
        import pandas
    except ImportError as error:
        raise MissingExtraError(f"anndata is not installed ({error}). {how_to_add('anndata')}") from error
    obs = pandas.DataFrame({} if words.counts is None else {"count": words.counts}, index=words.index_to_key)
    with whole_file(path) as partial:
        anndata.AnnData(obs=obs, var=pandas.DataFrame(index=columns)).write_h5ad(partial)
        with h5py.File(partial, "r+") as file:
            file.pop("X", None)
            yield file
