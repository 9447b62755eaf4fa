"""A real corpus that every machine has: the source and docstrings of Python's own standard library.

Each package becomes one compressed text file with a module on each line, so that a document is a module. The same
library gives the same bytes.

    python examples/stdlib_corpus.py FOLDER
"""

from __future__ import annotations

import gzip
import os
import sys
import sysconfig
import tokenize
from pathlib import Path
from pydoc_data.topics import topics

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
# Tests are not installed everywhere, and site-packages is not the library's.
LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}


def modules() -> dict[str, list[Path]]:
    """The library's modules by the package they are in; single files are together under ``modules``."""
    found: dict[str, list[Path]] = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(LIBRARY).parts
        if not LEFT_OUT.intersection(parts):
            found.setdefault(parts[0] if len(parts) > 1 else "modules", []).append(path)
    return found


def one_line(path: Path) -> str:
    """A module's text on one line."""
    with tokenize.open(path) as file:
        return " ".join(file.read().split())


def write_corpus(folder: Path) -> list[Path]:
    """Write the corpus; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for package, paths in modules().items():
        target = folder / f"{package}.txt.gz"
        text = "".join(f"{one_line(path)}\n" for path in paths).encode()
        # A file that is the same is left alone: what was made from it needs no second making.
        if not target.exists() or gzip.decompress(target.read_bytes()) != text:
            # Whoever reads it meanwhile finds all of it or none.
            partial = target.with_name(f".{target.name}.{os.getpid()}")
            partial.write_bytes(gzip.compress(text, mtime=0))
            partial.replace(target)
        written.append(target)
    return written


def write_reference(file: Path) -> Path:
    """Write Python's own language reference, 80,000 words, with a paragraph on each line; the file."""
    text = "\n\n".join(topics[name] for name in sorted(topics))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{' '.join(paragraph.split())}\n" for paragraph in text.split("\n\n")), encoding="utf-8")
    return file


if __name__ == "__main__":
    files = write_corpus(Path(sys.argv[1]))
    print(f"{len(files)} files in {sys.argv[1]}")
