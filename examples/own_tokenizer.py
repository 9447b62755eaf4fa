"""A tokenizer of your own: any function from a document's text to its tokens.

It is named by a dotted path, so that worker processes can import it, here or on other machines:

    dsgns train code/ --output code.dsgns --tokenizer own_tokenizer:identifiers

This one keeps Python's names whole, dots and underscores included, which the built-in ones would not.

    python examples/own_tokenizer.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from stdlib_corpus import write_reference

import dsgns

NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def identifiers(text: str) -> list[str]:
    """Names as Python has them: ``os.path.join`` is one token, and so is ``__init__``.

    >>> identifiers("See object.__new__() and x_1, in 3.11.")
    ['See', 'object.__new__', 'and', 'x_1', 'in']
    """
    return NAME.findall(text)


def main(folder: Path) -> None:
    """Train with it, and show what only it makes possible."""
    text = write_reference(folder / "reference.txt")
    # A changed tokenizer makes new tokens: the source of its module is part of their name.
    workspace = dsgns.train(
        text, folder / "names.dsgns", method="svd", tokenizer="own_tokenizer:identifiers", vector_size=50, min_count=3
    )
    vectors = workspace.vectors("svd")
    nearest = ", ".join(word for word, cosine in vectors.most_similar("__enter__", topn=5))
    print(f"nearest to __enter__: {nearest}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
