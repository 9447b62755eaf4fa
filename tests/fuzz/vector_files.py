"""Files of vectors: a target for each format, and for each file that lies beside one with its words."""

from __future__ import annotations

import tempfile
import warnings
from functools import cache, partial
from pathlib import Path

import numpy as np

from dsgns.vectors.files.formats import FORMATS
from dsgns.vectors.words import WordVectors
from tests.fuzz.target import Target

_BESIDE = {"safetensors": "v.safetensors.json", "npy": "v.npy.json", "projector": "v.metadata.tsv"}
_VECTORS = WordVectors(["the", "of", "日本"], np.array([[1, 2], [3, 4.5], [-6, 0]], np.float32), [3, 2, 1])


@cache
def _folder(form: str) -> tempfile.TemporaryDirectory[str]:
    """A folder in which a file of this format lies, with what belongs beside it."""
    folder = tempfile.TemporaryDirectory(prefix="dsgns-fuzz-")
    _VECTORS.save(Path(folder.name) / _name(form), form)
    return folder


def _name(form: str) -> str:
    return f"v{FORMATS[form].endings[0]}"


def load(form: str, name: str, data: bytes) -> None:
    """A file of this format, of which ``data`` is the file of this name."""
    folder = Path(_folder(form).name)
    sound = (folder / name).read_bytes()
    (folder / name).write_bytes(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.asarray(WordVectors.load(folder / _name(form), form).vectors).sum()
    finally:
        (folder / name).write_bytes(sound)


def _target(form: str, name: str) -> Target:
    return Target(((Path(_folder(form).name) / name).read_bytes(),), partial(load, form, name))


VECTOR_FILES = {form: _target(form, _name(form)) for form in FORMATS} | {
    f"{form}-words": _target(form, name) for form, name in _BESIDE.items()
}
"""By the name that ``python -m tests.fuzz`` knows them by."""
