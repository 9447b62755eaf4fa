"""Every file format for vectors: what it is called, how its files end, and which module knows it."""

from __future__ import annotations

import importlib
import os
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from dsgns.errors import ParameterError, VectorFileError
from dsgns.kinds import one_of

if TYPE_CHECKING:
    from dsgns.vectors.files.table import Reading, Table

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
"""The endings of a compressed file, which may follow a format's own."""


@dataclass(frozen=True)
class Format:
    """One file format.

    Parameters
    ----------
    home
        The module, of this package, that has ``write(path, table)`` and ``read(path, reading)``. It is imported when it
        is used: some need an optional package.
    endings
        Of its files.
    compressed
        Whether its files may be compressed as a whole.
    """

    home: str
    endings: tuple[str, ...]
    compressed: bool = False

    def write(self, path: str, table: Table) -> None:
        """Write vectors; the file gets its name once it is complete."""
        importlib.import_module(f"dsgns.vectors.files.{self.home}").write(path, table)

    def read(self, path: str, reading: Reading) -> Table:
        """Read vectors, with words as often as they come."""
        return importlib.import_module(f"dsgns.vectors.files.{self.home}").read(path, reading)


FORMATS: dict[str, Format] = {
    "word2vec": Format("text", (".txt", ".vec"), compressed=True),
    "word2vec-binary": Format("binary", (".bin",), compressed=True),
    "glove": Format("glove", (".glove",), compressed=True),
    "safetensors": Format("safetensors_file", (".safetensors",)),
    "npy": Format("npy", (".npy",)),
    "parquet": Format("parquet", (".parquet",)),
    "arrow": Format("arrow", (".arrow", ".feather")),
    "projector": Format("projector", (".tsv",)),
    "anndata": Format("anndata_file", (".h5ad",)),
}
"""All formats by name; the first is what a file is whose ending says nothing."""


def format_of(path: str, name: str | None = None) -> Format:
    """The format called so, or else the one that a file's ending names.

    Raises
    ------
    ParameterError
        If there is no such format, or a file is to be compressed whose format cannot be.

    Examples
    --------
    >>> format_of("vectors.bin.gz").home, format_of("glove.6B.zip").home
    ('binary', 'text')
    """
    ending = _ending(path)
    if name is None:
        name = next((known for known, form in FORMATS.items() if ending in form.endings), "word2vec")
    one_of("format", name, tuple(FORMATS))
    if (squeezed := _squeezed(path)) and not FORMATS[name].compressed:
        raise ParameterError(f"{path}: {name} files cannot be compressed as a whole; leave out {squeezed}.")
    return FORMATS[name]


def _endings(path: str) -> list[str]:
    return [ending.lower() for ending in PurePath(path.split("::")[0]).suffixes]


def _squeezed(path: str) -> str:
    """What says that a file is compressed or an archive; empty where nothing does."""
    return next((ending for ending in _endings(path)[-1:] if ending in (*COMPRESSIONS, ".zip")), "")


def _ending(path: str) -> str:
    """What says which format a file has, before what says that it is compressed; empty where nothing does."""
    endings = _endings(path)
    return "".join(endings[-2:-1] if _squeezed(path) else endings[-1:])


def save(path: str | os.PathLike[str], table: Table, form: str | None = None) -> None:
    """Write vectors to a file.

    Parameters
    ----------
    path
        On this machine. A file that is there is replaced once the new one is complete and on the disk.
    form
        The name of a format; what the file's ending says unless given, and word2vec's text for one without.

    Raises
    ------
    ParameterError
        If there is no such format, or an ending says nothing.
    VectorFileError
        If a word does not fit the format, or there is something at the path that is no file.
    MissingExtraError
        If the format needs a package that is not installed.
    """
    name = os.fspath(path)
    ending = _ending(name)
    if form is None and ending and not any(ending in known.endings for known in FORMATS.values()):
        known = ", ".join(ending for form in FORMATS.values() for ending in form.endings)
        raise ParameterError(f"{name}: {ending} says no format, as {known} do; name the format or choose another.")
    format_of(name, form).write(name, table)


def load(path: str | os.PathLike[str], reading: Reading, form: str | None = None) -> Table:
    """Read vectors from a file; of a word that comes twice the first vector is kept, with a warning.

    Raises
    ------
    SourceNotFoundError
        If there is no such file.
    VectorFileError
        If it cannot be read; the message names the file and, in text, the line.
    """
    name = os.fspath(path)
    table = format_of(name, form).read(name, reading)
    if not len(table.words):
        raise VectorFileError(f"{name} holds no vectors.")
    first = table.first_of_each()
    if first is not table:
        again = f"{len(table.words) - len(first.words)} words come more than once, such as {table.repeated()!r}"
        warnings.warn(f"{name}: {again}; the first vector of each is kept.", stacklevel=3)
    return first
