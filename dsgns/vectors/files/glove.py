"""GloVe's text: as word2vec's, without the first line."""

from __future__ import annotations

from dsgns.vectors.files import text
from dsgns.vectors.files.opening import created
from dsgns.vectors.files.table import Reading, Table


def write(path: str, table: Table) -> None:
    """Write GloVe's text."""
    table.require_words_without(text.SPACES, path)
    with created(path) as file:
        text.write_lines(file, table.words, table.vectors)


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from GloVe's text; see :func:`dsgns.vectors.files.text.read`."""
    return text.read(path, reading)
