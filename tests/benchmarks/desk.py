"""What the benchmarks work on: text of any length, and what the earlier stages make of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.peers import Peers
from tests.benchmarks.synthetic import Language, Law, write_text
from tests.support.serial import SerialEngine

LINE = 1000
"""Words in a line; gensim trains on no more than the first ten thousand of one."""

WIDE = 400_000
"""Words of the large vocabulary."""

_STEP = 1 << 20
_SYNTHETIC_TOKENS = 4_000_000


def one_worker() -> SerialEngine:
    """An engine in this process, on one core."""
    return SerialEngine(2 << 30)


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

    @property
    def size(self) -> str:
        """Tokens and words, for the table."""
        facts = self.tokens.facts
        return f"{facts['tokens'] / 1e6:.3g}M tokens, V={facts['vocabulary_size']:,}"


class Desk:
    """Makes, and keeps, what contests begin from.

    Parameters
    ----------
    folder
        For texts and workspaces; the caller throws it away.
    corpus
        Words between white space; None for a synthetic text.
    limit
        How many tokens everything is run on; None for as many as each contest likes. A shorter text is run whole.
    peers
        Where other tools are.
    min_count
        Words that occur less often are left out.
    sets
        Files of word pairs and analogies that vectors are judged by.
    epochs
        Of trainings.
    dumps
        Exports of MediaWiki's; none for pages made of the text.
    """

    def __init__(
        self,
        folder: Path,
        corpus: Path | None = None,
        limit: int | None = None,
        peers: Peers | None = None,
        min_count: int = 5,
        sets: Sequence[Path] = (),
        epochs: int = 1,
        dumps: Sequence[Path] = (),
    ) -> None:
        self.folder, self.limit, self.peers = folder, limit, peers or Peers()
        self.sets, self.epochs, self.dumps = sets, epochs, dumps
        self.vocabulary_parameters = VocabularyParameters(min_count=min_count)
        folder.mkdir(parents=True, exist_ok=True)
        self.corpus = corpus or self._synthetic(Law(), _SYNTHETIC_TOKENS)
        self.text, self.encoded, self.known = cache(self._text), cache(self._encoded), cache(self._known)

    def tokens(self, wanted: int) -> int:
        """As many tokens as a contest would like, or as was asked for."""
        return wanted if self.limit is None else self.limit

    @cache  # noqa: B019  a desk lives as long as the benchmarks do
    def wide(self, wanted: int) -> Desk:
        """A desk with so many tokens of a synthetic text in a large vocabulary, of which no word is left out.

        Its rare words are more frequent than those of a language, so that a short text has all of them.
        """
        corpus = self._synthetic(Law(vocabulary=WIDE, tail=Law.exponent), self.tokens(wanted))
        return Desk(self.folder / "wide", corpus, self.limit, self.peers, min_count=1)

    def _synthetic(self, law: Law, wanted: int) -> Path:
        path = self.folder / f"synthetic-{law.vocabulary}-{wanted}.txt"
        write_text(Language(law), path, self.tokens(wanted))
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
        workspace, engine = Workspace.create(str(self.folder / f"{tokens}.dsgns")), one_worker()
        corpus = prepare_corpus(engine, workspace, [str(self.text(tokens))], CorpusParameters())
        vocabulary = build_vocabulary(engine, workspace, corpus, self.vocabulary_parameters)
        return Encoded(workspace, corpus, vocabulary, encode_tokens(engine, workspace, corpus, vocabulary))

    def _known(self, tokens: int) -> tuple[Path, Path]:
        """The text without the words that are not in the vocabulary, and the vocabulary as lines "word count"."""
        made = self.encoded(tokens)
        vocabulary = load_vocabulary(made.vocabulary)
        listed, path = self.folder / f"vocabulary-{tokens}.txt", self.folder / f"known-{tokens}.txt"
        lines = zip(vocabulary.words, vocabulary.counts.tolist(), strict=True)
        listed.write_text("".join(f"{word} {count}\n" for word, count in lines), encoding="utf-8")
        # The separator, -1, stands last.
        spelled = np.array([*(f"{word} " for word in vocabulary.words), "\n"], object)
        stream = TokenStream(made.tokens)
        with path.open("w", encoding="utf-8") as file:
            for start in range(0, stream.length, _STEP):
                file.write("".join(spelled[stream.read(start, min(start + _STEP, stream.length))]))
        return path, listed

    def counted(self, tokens: int, parameters: CountsParameters) -> Output:
        """Its co-occurrence counts, made again if a contest has thrown them away."""
        made = self.encoded(tokens)
        return count_cooccurrences(one_worker(), made.workspace, made.tokens, parameters)


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
