"""Words that changed their meaning between two times, found by turning one time's vectors onto the other's.

Both times are two thirds of Python's language reference; they share a third. In the second "class" and "string" have
changed places. No other word has changed, so these two should come first.

    python examples/diachronic.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from stdlib_corpus import write_reference

import dsgns

CHANGED = {"class": "string", "string": "class"}


def write_times(folder: Path) -> list[Path]:
    """Write the texts of both times, a paragraph a line; the files."""
    lines = write_reference(folder / "reference.txt").read_text(encoding="utf-8").splitlines()
    earlier = [line for number, line in enumerate(lines) if number % 3 != 0]
    later = [
        re.sub(r"\b(class|string)\b", lambda word: CHANGED[word[0]], line)
        for number, line in enumerate(lines)
        if number % 3 != 1
    ]
    files = [folder / "earlier.txt", folder / "later.txt"]
    for file, text in zip(files, (earlier, later), strict=True):
        file.write_text("".join(f"{line}\n" for line in text), encoding="utf-8")
    return files


def main(folder: Path) -> None:
    """Train on each time, align the two, and tell what moved."""
    earlier, later = (
        dsgns.train(
            file, file.with_suffix(".dsgns"), method="svd", tokenizer="words", vector_size=50, min_count=3, workers=1
        ).vectors("svd")
        for file in write_times(folder)
    )
    alignment = dsgns.align(earlier, later)
    print(f"{alignment.anchors} words in both times. Moved furthest of those that come 50 times in each:")
    for word, distance in alignment.changes(topn=6, min_count=50):
        print(f"{word:>12} {distance:.2f}")
    ((meaning, _), *_) = alignment.counterparts(["class"], topn=1)[0]
    print(f"What was called class is now called {meaning}")


# Worker processes import this file; without this line each would begin a training of its own.
if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
