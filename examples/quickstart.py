"""Text to word vectors by both roads, in a few lines.

python examples/quickstart.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from stdlib_corpus import write_reference

import dsgns


def main(folder: Path) -> None:
    """Train on Python's language reference, ask for neighbours, write a file that other tools read."""
    text = write_reference(folder / "reference.txt")
    workspace = dsgns.train(text, folder / "reference.dsgns", tokenizer="words", vector_size=50, min_count=3)

    for road in ("svd", "sgns"):
        vectors = workspace.vectors(road)
        nearest = ", ".join(word for word, cosine in vectors.most_similar("tuple", topn=5))
        print(f"{road}: nearest to tuple: {nearest}")
        vectors.save_word2vec_format(folder / f"{road}.txt")

    tokens = workspace.status()["conservation"]
    print(f"{tokens['tokens_read']} tokens read, {tokens['out_of_vocabulary']} too rare; everything is in {folder}")


# Worker processes import this file; without this line each would begin a training of its own.
if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
