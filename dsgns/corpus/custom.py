"""Tokenizers of the user's own: documents go through a function from their text to their tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dsgns.corpus.documents import WORD_END
from dsgns.corpus.grid import BREAK
from dsgns.corpus.kernels_documents import LINE_FEED, SPACE, Choice, destination
from dsgns.corpus.readers import SLACK, MarkedPiece
from dsgns.corpus.shards import PART, Span
from dsgns.errors import TokenizerError


class DocumentTokenizer:
    """Sends the documents of one span through a function, without white space around them.

    Those longer than some megabytes go in parts.

    Parameters
    ----------
    function, name
        The tokenizer and its path.
    span
        Whose documents they are.
    choice
        Where they go.
    parts
        Whether the end of a part that its document goes on after is told, by a lone ``BREAK``.
    """

    def __init__(
        self, function: Callable[[str], list[str]], name: str, span: Span, choice: Choice, parts: bool = False
    ) -> None:
        self._function, self._name, self._span, self._choice, self._parts = function, name, span, choice, parts
        self._document, self._at = span.document, span.start
        self._held = bytearray()
        self._streams = (bytearray(), bytearray(), bytearray())

    def read(self, pieces: Iterator[MarkedPiece]) -> Iterator[tuple[int, np.ndarray, int]]:
        """Destinations, each with marked tokens and their size."""
        for piece in pieces:
            yield from self._gather(piece)
            yield from self._taken()
        if self._held:
            self._tokenize(bytes(self._held), b" ")
            yield from self._taken()

    def _gather(self, piece: MarkedPiece) -> Iterator[tuple[int, np.ndarray, int]]:
        start = 0
        for end in np.flatnonzero(piece.data[: piece.size] == LINE_FEED).tolist():
            self._held += piece.data[start:end].tobytes()
            yield from self._tokenize_parts()
            self._tokenize(bytes(self._held), b"\n")
            self._held.clear()
            start = end + 1
            self._document = self._at = piece.offset + start
        self._held += piece.data[start : piece.size].tobytes()
        yield from self._tokenize_parts()

    def _tokenize_parts(self) -> Iterator[tuple[int, np.ndarray, int]]:
        """Take the parts of the open document that are complete; they lie on the grid that shards are cut on."""
        while True:
            wanted = self._document + ((self._at - self._document) // PART + 1) * PART
            found = WORD_END.search(self._held, wanted - self._at - 1) if self._at + len(self._held) > wanted else None
            if found is None:
                return
            self._tokenize(bytes(self._held[: found.end()]), b" ")
            del self._held[: found.end()]
            self._at += found.end()
            if self._parts:
                yield from self._taken()
                self._streams[destination(self._choice, self._document)].append(BREAK)
                yield from self._taken()

    def _tokenize(self, data: bytes, end: bytes) -> None:
        # Marking hid the line feeds inside of documents; they are the user's.
        text = data.decode("utf-8", "replace").replace("\0", " ").replace("\v", "\n").strip()
        try:
            tokens = self._function(text)
            joined = " ".join(tokens).encode() + end
        except Exception as error:  # whatever a user's function raises, or what comes of what it returned
            raise self._error(f"{type(error).__name__}: {error}") from error
        white = int(np.count_nonzero(np.frombuffer(joined, np.uint8) <= SPACE))
        if isinstance(tokens, str) or white != max(len(tokens), 1) or "" in tokens:
            raise self._error(_complaint(tokens))
        self._streams[destination(self._choice, self._document)].extend(joined)

    def _taken(self) -> Iterator[tuple[int, np.ndarray, int]]:
        for goes, stream in enumerate(self._streams):
            if stream:
                data = np.empty(len(stream) + SLACK, np.uint8)
                data[: len(stream)] = np.frombuffer(stream, np.uint8)
                size = len(stream)
                stream.clear()
                yield goes, data, size

    def _error(self, what: str) -> TokenizerError:
        return TokenizerError(
            f"The tokenizer {self._name} failed on the document that begins at byte {self._document} of "
            f"{self._span.place.url}: {what}"
        )


def _complaint(tokens: Any) -> str:
    """What is wrong with what a tokenizer returned."""
    if isinstance(tokens, str):
        return "it returned one str; it must return a list of them."
    strange = next((token for token in tokens if not token or any(letter <= " " for letter in token)), None)
    return f"it returned the token {strange!r}; tokens must not be empty and must hold no white space."
