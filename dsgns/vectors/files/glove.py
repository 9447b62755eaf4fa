"""GloVe's text: as word2vec's, without the first line."""

from __future__ import annotations

from dsgns.vectors.files import text
from dsgns.vectors.files.opening import created
from dsgns.vectors.files.table import Reading, Table


def write(path: str, table: Table) -> None:
    """Write GloVe's text."""
    table.require_words_without(text.SPACES, path)
    with created(path) as (file,):
        # "7 2" alone on the first line would be word2vec's; "7 2.00000000" is not.
        number = "%#.9g" if table.vectors.shape[1] == 1 else "%.9g"
        text.write_lines(file, table.words, table.vectors, number=number)


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from GloVe's text; see :func:`dsgns.vectors.files.text.read`."""
    return text.read(path, reading)
