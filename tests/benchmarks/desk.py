"""What the benchmarks work on: text of any length, and what the earlier stages make of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, CountsParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from tests.benchmarks.synthetic import Language, Law, write_text
from tests.support.serial import SerialEngine

LINE = 1000
"""Words in a line; gensim trains on no more than the first ten thousand of one."""

_STEP = 1 << 20
_SYNTHETIC_TOKENS = 4_000_000


class Encoded(NamedTuple):
    """The outputs that a text was made into."""

    workspace: Workspace
    corpus: Output
    vocabulary: Output
    tokens: Output

    @property
    def ids(self) -> np.ndarray:
        """The token stream, int32, -1 after each line."""
        stream = TokenStream(self.tokens)
        return stream.read(0, stream.length)

    @property
    def counts(self) -> np.ndarray:
        """Occurrences of each word, int64, shape (V,)."""
        return self.vocabulary.read("words", "counts")["counts"]


class Desk:
    """Makes, and keeps, what contests begin from; all in this process, without a cluster.

    Parameters
    ----------
    folder
        For texts and workspaces; the caller throws it away.
    corpus
        Words between white space. None for a synthetic text, which has more distinct pairs than language has.
    limit
        Most tokens that anything is run on; None for as many as each contest likes.
    """

    def __init__(self, folder: Path, corpus: Path | None = None, limit: int | None = None) -> None:
        self.folder, self.limit = folder, limit
        self.engine = SerialEngine(2 << 30)
        self.corpus = corpus or self._synthetic()
        self.text = cache(self._text)
        self.encoded = cache(self._encoded)

    def within(self, tokens: int) -> int:
        """As many tokens as a contest would like, or as there may be."""
        return tokens if self.limit is None else min(tokens, self.limit)

    def _synthetic(self) -> Path:
        path = self.folder / "synthetic.txt"
        write_text(Language(Law()), path, self.within(_SYNTHETIC_TOKENS))
        return path

    def _text(self, tokens: int) -> Path:
        """The first words of the corpus, in lines of a thousand."""
        path = self.folder / f"text-{tokens}.txt"
        words = islice(_words(self.corpus), tokens)
        with path.open("w", encoding="utf-8") as file:
            while line := list(islice(words, LINE)):
                file.write(" ".join(line) + "\n")
        return path

    def _encoded(self, tokens: int) -> Encoded:
        """A text that was encoded with its own vocabulary."""
        workspace = Workspace.create(str(self.folder / f"{tokens}.dsgns"))
        corpus = prepare_corpus(self.engine, workspace, [str(self.text(tokens))], CorpusParameters())
        vocabulary = build_vocabulary(self.engine, workspace, corpus, VocabularyParameters())
        tokens = encode_tokens(self.engine, workspace, corpus, vocabulary)
        return Encoded(workspace, corpus, vocabulary, tokens)

    def counted(self, tokens: int, parameters: CountsParameters) -> Output:
        """Its co-occurrence counts, made again if a contest has thrown them away."""
        encoded = self.encoded(tokens)
        return count_cooccurrences(self.engine, encoded.workspace, encoded.tokens, parameters)


def _words(path: Path) -> Iterator[str]:
    """The words of a text, whatever the length of its lines."""
    rest = ""
    with path.open(encoding="utf-8", errors="replace") as file:
        for step in iter(partial(file.read, _STEP), ""):
            words = (rest + step).split()
            # The last word may go on in the next step.
            rest = "" if step[-1].isspace() else words.pop()
            yield from words
    yield from rest.split()
