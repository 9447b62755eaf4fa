"""Sizes of vectors in each file format, and the time to write and to read them.

    python -m tests.benchmarks.formats W --vectors svd

Prints the table of docs/vectors.md for the vectors of a workspace: bytes of all files that a format makes, and CPU
seconds of one write and one read of all words. What is memory-mapped is read when it is used, so its reading is that of
the words.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import dsgns
from dsgns.vectors.files.formats import FORMATS
from dsgns.vectors.words import WordVectors

_ROW = "| {:<22} | {:>8} | {:>10} | {:>7} | {:>7} |"


def main(arguments: list[str] | None = None) -> None:
    """Write and read every format, one after the other."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.formats",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("workspace")
    parser.add_argument("--vectors", choices=("svd", "sgns"), default="svd")
    parser.add_argument("--words", type=int, default=20_000, help="the most frequent (default: %(default)s)")
    given = parser.parse_args(arguments)
    vectors = dsgns.open_workspace(given.workspace).vectors(given.vectors)
    assert isinstance(vectors, WordVectors)
    words = vectors.index_to_key[: given.words]
    counts = None if vectors.counts is None else vectors.counts[: given.words]
    vectors = WordVectors(words, vectors.vectors[: given.words], counts)
    print(f"{len(vectors):,} words x {vectors.vector_size}")
    print(_ROW.format("format", "MiB", "bytes/word", "write s", "read s"))
    for form in FORMATS:
        for ending in ("", ".gz", ".zst") if form == "word2vec" else ("",):
            print(_ROW.format(form + ending, *_measured(vectors, form, ending)), flush=True)


def _measured(vectors: WordVectors, form: str, ending: str) -> tuple[str, ...]:
    """Cells of one format's row."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"v{''.join(FORMATS[form].endings[:1])}{ending}")
        writing = _seconds(lambda: vectors.save(path, form))
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        reading = _seconds(lambda: WordVectors.load(path, form))
    return f"{size / 2**20:.1f}", f"{size / len(vectors):,.0f}", f"{writing:.2f}", f"{reading:.2f}"


def _seconds(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


if __name__ == "__main__":
    main()
