"""gensim's ``KeyedVectors``, from object to object; its own files are pickles and are never loaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsgns.errors import MissingExtraError, ParameterError, how_to_add
from dsgns.vectors.files.table import Table


def from_gensim(keyed: Any) -> Table:
    """The words, vectors and counts of a ``KeyedVectors``, or of a model that has some as ``wv``.

    Vectors that are float32 are shared, not copied. gensim itself is not needed.

    Raises
    ------
    ParameterError
        If the object is none of these.
    """
    keyed = getattr(keyed, "wv", keyed)
    words, vectors = getattr(keyed, "index_to_key", None), getattr(keyed, "vectors", None)
    if words is None or vectors is None:
        raise ParameterError(f"keyed is a {type(keyed).__name__}; it must be gensim's KeyedVectors, or have one as wv.")
    counts = keyed.expandos.get("count") if hasattr(keyed, "expandos") else None
    return Table(list(map(str, words)), np.asarray(vectors), None if counts is None else np.asarray(counts, np.int64))


def to_gensim(table: Table) -> Any:
    """A ``gensim.models.KeyedVectors`` of the same words, vectors (shared, not copied) and counts.

    Raises
    ------
    MissingExtraError
        If gensim is not installed.
    """
    try:
        from gensim.models import KeyedVectors
    except ImportError as error:
        raise MissingExtraError(f"gensim is not installed ({error}). {how_to_add('gensim')}") from error
    # Begun empty: with a number of words it would clear an array of that size first, to no use.
    keyed = KeyedVectors(table.vectors.shape[1])
    keyed.index_to_key = list(table.words)
    keyed.key_to_index = {word: row for row, word in enumerate(table.words)}
    keyed.vectors = table.vectors
    if table.counts is not None:
        keyed.expandos["count"] = np.array(table.counts)
    return keyed
