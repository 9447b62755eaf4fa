"""NumPy's own file, memory-mapped when it is read, with the words as JSON beside it."""

from __future__ import annotations

import tokenize

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.sidecar import beside, with_words, write_rows
from dsgns.vectors.files.table import Reading, Table

# The header is an expression of Python, and what NumPy makes of a damaged one is whatever Python makes of it.
_DAMAGE = (
    ValueError,
    EOFError,
    SyntaxError,
    tokenize.TokenError,
    TypeError,
    OverflowError,
    RecursionError,
    MemoryError,
)


def write(path: str, table: Table) -> None:
    """Write float32 rows as ``numpy.load`` reads them, and ``path`` + ``.json``."""
    with beside(path, table) as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": table.vectors.shape}
        np.lib.format.write_array_header_1_0(file, header)
        write_rows(file, table.vectors)


def read(path: str, reading: Reading) -> Table:
    """Memory-mapped rows of any float type, with the words beside them; pickled objects are never loaded.

    Raises
    ------
    VectorFileError
        If the file is no two-dimensional array of floats, or has no words of its own.
    """
    require_local(path)
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except _DAMAGE as error:
        raise VectorFileError(f"{path} is no array that numpy.load takes without unpickling ({error}).") from error
    if array.ndim != 2 or array.dtype.kind != "f":
        found = f"{array.dtype} of shape {array.shape}"
        raise VectorFileError(f"{path} is {found}; expected floats of shape (words, vector size).")
    return with_words(path, array).head(reading.limit)
