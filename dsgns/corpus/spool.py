"""Text that can be read only once, kept in a workspace under a name that its content gives it.

So whoever hands over the same text again goes on from what was made of it; and once all of it is there, its file can be
named instead.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from dsgns.corpus.documents import BYTE_ORDER_MARK
from dsgns.errors import EmptyCorpusError, ParameterError
from dsgns.parameters import CorpusParameters
from dsgns.store.files import Files

_STEP = 1 << 20
_WHITE = bytes(range(33))


def spool(url: str, pieces: Iterable[bytes], what: str) -> str:
    """Keep some text in the workspace at ``url``; no more than a piece of it is held. The path or URL of its file.

    Raises
    ------
    EmptyCorpusError
        If there is none.
    """
    files, digest = Files(url), hashlib.sha256()
    arriving = f"spool/{uuid.uuid4().hex}.arriving"

    def passing() -> Iterator[bytes]:
        for piece in pieces:
            digest.update(piece)
            yield piece

    files.write(arriving, passing())
    if not files.size(arriving):
        files.remove(arriving)
        raise EmptyCorpusError(f"{what} held not a byte; there is no text to learn from.")
    name = f"spool/{digest.hexdigest()[:16]}.txt"
    if files.exists(name):
        # Written anew it would have another time, and be taken for another text.
        files.remove(arriving)
    else:
        files.rename(arriving, name)
    path = files.path(name)
    return str(path) if path is not None else f"{url.rstrip('/')}/{name}"


def require_lines(parameters: CorpusParameters) -> None:
    """Refuse options that would make something else of documents than what was handed over.

    Raises
    ------
    ParameterError
        Naming the option.
    """
    for name, default in (("document", "line"), ("input_format", "auto")):
        if (given := getattr(parameters, name)) != default:
            raise ParameterError(
                f"{name} is {given!r}, which is for files; of an iterable each item is one document. Leave it out."
            )


def lines_of(documents: Iterable[Any], parameters: CorpusParameters) -> Iterator[bytes]:
    """Documents as lines, about a megabyte at a time; the ends of their own lines are written as vertical tabs.

    Parameters
    ----------
    documents
        Strings, or lists of tokens, which stay as they are.

    Raises
    ------
    ParameterError
        If one is neither, a token is empty or holds white space, or tokens are to be tokenized.
    """
    held = bytearray()
    for number, document in enumerate(documents):
        if isinstance(document, str):
            line = document.replace("\n", "\v").encode("utf-8", "surrogatepass")
        else:
            line = _joined(document, number, parameters.tokenizer)
        if number == 0 and line.startswith(BYTE_ORDER_MARK):
            # Readers take the first one for a mark of the file.
            held += BYTE_ORDER_MARK
        held += line
        held += b"\n"
        if len(held) >= _STEP:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _joined(tokens: Any, number: int, tokenizer: str) -> bytes:
    if not isinstance(tokens, (list, tuple)):
        raise ParameterError(
            f"Document {number} of the iterable is a {type(tokens).__name__}; documents must be strings, or lists "
            "of tokens."
        )
    if tokenizer != "whitespace":
        raise ParameterError(
            f"tokenizer is {tokenizer!r}, but document {number} of the iterable is a list of tokens already. Leave "
            "tokenizer out, or hand over strings."
        )
    try:
        line = " ".join(tokens).encode("utf-8", "surrogatepass")
    except TypeError:
        strange = next(token for token in tokens if not isinstance(token, str))
        raise ParameterError(
            f"Document {number} of the iterable holds {strange!r}, a {type(strange).__name__}; tokens must be strings."
        ) from None
    if len(line) - len(line.translate(None, _WHITE)) != max(len(tokens) - 1, 0) or "" in tokens:
        strange = next(token for token in tokens if not token or min(token) <= " ")
        raise ParameterError(
            f"Document {number} of the iterable holds the token {strange!r}; tokens must not be empty and must hold no "
            "white space. Join its words with another character, such as _, or hand over strings."
        )
    return line
