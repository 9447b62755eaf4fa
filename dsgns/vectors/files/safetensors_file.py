"""safetensors, memory-mapped when it is read, with the words as JSON beside it.

The file is eight bytes that say how long its header is, a header of JSON that says where each tensor's bytes lie, and
the bytes (https://huggingface.co/docs/safetensors, "Format"). Written here rather than by its library, which wants the
tensors in memory, it takes no more than a block of rows.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.sidecar import beside, with_words, write_rows
from dsgns.vectors.files.table import Reading, Table

_NAME = "vectors"
_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
# No header is longer: so the library itself has it.
_LONGEST_HEADER = 100_000_000


def write(path: str, table: Table) -> None:
    """Write one tensor, ``vectors``, float32 of shape (V, d), and ``path`` + ``.json``."""
    rows, columns = table.vectors.shape
    tensor = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [0, 4 * rows * columns]}
    header = json.dumps({"__metadata__": {"format": "np"}, _NAME: tensor}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    with beside(path, table) as file:
        file.write(len(header).to_bytes(8, "little") + header)
        write_rows(file, table.vectors)


def read(path: str, reading: Reading) -> Table:
    """The tensor ``vectors``, or the only one of two dimensions, with the words beside it.

    Raises
    ------
    VectorFileError
        If there is no such tensor, its bytes are not all there, or it has no words of its own.
    """
    header, start = _header(require_local(path))
    name, tensor = _matrix(header, path)
    shape, (first, last) = _whole_numbers(tensor, "shape", path), _whole_numbers(tensor, "data_offsets", path)
    dtype, there = np.dtype(_DTYPES[tensor["dtype"]]), os.path.getsize(path) - start
    if not first <= last <= there or last - first != dtype.itemsize * shape[0] * shape[1] or last == first:
        raise VectorFileError(f"{path} is truncated or damaged: the bytes of {name} are not all there.")
    array = np.memmap(path, dtype, "r", offset=start + first, shape=shape)
    return with_words(path, array).head(reading.limit)


def _header(path: str) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors begin."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        try:
            # A length that cannot be is not trusted with an allocation.
            header = json.loads(file.read(size) if size <= _LONGEST_HEADER else b"")
        except (ValueError, RecursionError) as error:
            raise VectorFileError(f"{path} is no safetensors file: its header cannot be read ({error}).") from error
    if not isinstance(header, dict):
        raise VectorFileError(f"{path} is no safetensors file: its header is no object.")
    return header, 8 + size


def _matrix(header: dict[str, Any], path: str) -> tuple[str, dict[str, Any]]:
    """The name and the description of the tensor that holds the vectors."""
    try:
        matrices = {
            name: tensor
            for name, tensor in header.items()
            if name != "__metadata__" and tensor["dtype"] in _DTYPES and len(tensor["shape"]) == 2
        }
    except (KeyError, TypeError) as error:
        raise VectorFileError(f"{path}: a tensor's description lacks {error}.") from error
    name = _NAME if _NAME in matrices else next(iter(matrices), None)
    if name is None or (len(matrices) > 1 and name != _NAME):
        raise VectorFileError(
            f"{path} holds the tensors {', '.join(header) or 'none'}; expected {_NAME}, or one alone of shape (words, "
            f"vector size) and type {', '.join(_DTYPES)}."
        )
    return name, matrices[name]


def _whole_numbers(tensor: dict[str, Any], key: str, path: str) -> tuple[int, int]:
    """Two whole numbers, none below 0, of a tensor's description."""
    given = tensor.get(key)
    if (
        not isinstance(given, list)
        or len(given) != 2
        or not all(type(number) is int and number >= 0 for number in given)
    ):
        raise VectorFileError(f"{path} is damaged: a tensor's {key} is {given!r}; expected two whole numbers.")
    return given[0], given[1]
