"""The page as one file that needs neither a server nor a network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from bokeh.document import Document
from bokeh.embed import file_html
from bokeh.resources import INLINE

from dsgns.explorer.answers import Answers
from dsgns.explorer.document import fill_document
from dsgns.explorer.library import Library
from dsgns.vectors.files.whole_file import whole_file


def write_report(library: Library, keys: Mapping[str, str], path: str | os.PathLike[str]) -> int:
    """Write what a page shows to one file, whole or not at all; its size in bytes.

    Parameters
    ----------
    library
        The workspace; the words on its maps are those whose neighbours the file brings along.
    keys
        Of the results that are shown, as for :meth:`Library.chosen`.
    path
        A file that is there is replaced.

    Raises
    ------
    VectorFileError
        If there is something at the path that is no file.
    """
    document = Document()
    fill_document(document, library, keys, lambda answers: brought_along(answers, library.reading.words))
    page = file_html(
        document, INLINE, template=document.template, template_variables=dict(document.template_variables)
    ).encode("utf-8", "backslashreplace")
    with whole_file(path) as partial:
        partial.write_bytes(page)
    return len(page)


def brought_along(answers: Answers, words: int) -> dict[str, Any]:
    """Answers to what can be asked of the most frequent words: their neighbours, and the maps.

    Parameters
    ----------
    words
        How many of them, at most, of each road.
    """
    shown = dict.fromkeys(word for vectors in answers.roads.values() for word in vectors.index_to_key[:words])
    return {
        "near": list(answers.near_all(list(shown)).values()),
        "maps": {road: answers.chart(road) for road in answers.roads},
    }
