"""NumPy's own file, memory-mapped when it is read, with the words as JSON beside it."""

from __future__ import annotations

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.sidecar import beside, with_words, write_rows
from dsgns.vectors.files.table import Reading, Table


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
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise VectorFileError(f"{path} is no array that numpy.load takes without unpickling ({error}).") from error
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind != "f":
        shape = f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "an archive of arrays"
        raise VectorFileError(f"{path} is {shape}; expected floats of shape (words, vector size).")
    return with_words(path, array).head(reading.limit)
