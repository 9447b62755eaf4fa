"""Word embeddings trained out of core and distributed: one corpus, one workspace, two roads.

    workspace = dsgns.train("corpus/*.txt.gz", "wiki.dsgns", vector_size=300)
    workspace.vectors("svd").most_similar("king")        # or "sgns"
    dsgns.open_workspace("wiki.dsgns").status()

What there is, each with its own help, such as ``help(dsgns.train)``:

========================================================  ===========================================================
train, open_workspace, Workspace                          text to vectors by both roads, and what a run made
count_words, encode_tokens, count_cooccurrences,          one stage at a time; text to begin with, or going on in a
write_ppmi, factorize, train_sgns                         workspace
SVDEmbedding, SGNSEmbedding                               the roads as estimators, with scikit-learn's manners
WordVectors, SparseVectors                                vectors with gensim's names: most_similar, save, load ...
import_counts, merge                                      counts from a table; counts added up or taken away
find_newcomers, Newcomers, align                          words that came later; two times or languages
read_set, evaluate_similarity, evaluate_analogies, sweep  scores, and many settings scored
LossLog, Checkpoint, EarlyStopping, Until, TimeLimit      callbacks; your own is a function of a Moment that answers
                                                          Keep(), Stop(reason) or None
Event                                                     what a listener hears; progress=False for no display
========================================================  ===========================================================

Options are named as on the command line, with _ for -; docs/parameters.md says what each does. In a script, call dsgns
below ``if __name__ == "__main__":``, for worker processes import it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dsgns.errors import DsgnsError, RunStoppedError
from dsgns.version import __version__

if TYPE_CHECKING:
    from dsgns.callbacks import Checkpoint, EarlyStopping, LossLog, TimeLimit, Until
    from dsgns.engine import Event, Keep, Moment, Stop
    from dsgns.estimators import SGNSEmbedding, SVDEmbedding
    from dsgns.evaluation.analogies import evaluate_analogies
    from dsgns.evaluation.sets import AnalogySet, SimilaritySet, read_set
    from dsgns.evaluation.similarity import evaluate_similarity
    from dsgns.importing import import_counts
    from dsgns.merging import merge
    from dsgns.newcomers import Newcomers, find_newcomers
    from dsgns.steps import count_cooccurrences, count_words, encode_tokens, factorize, train_sgns, write_ppmi
    from dsgns.sweeping import sweep
    from dsgns.vectors.alignment import align
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors
    from dsgns.workspace import Workspace, open_workspace, train

# Loaded when they are first asked for: numba, zarr and Dask together take longer to import than `dsgns --help`
# may take to answer.
_HOMES = {
    "AnalogySet": "dsgns.evaluation.sets",
    "Checkpoint": "dsgns.callbacks",
    "EarlyStopping": "dsgns.callbacks",
    "Event": "dsgns.engine",
    "Keep": "dsgns.engine",
    "LossLog": "dsgns.callbacks",
    "Moment": "dsgns.engine",
    "Newcomers": "dsgns.newcomers",
    "SGNSEmbedding": "dsgns.estimators",
    "SVDEmbedding": "dsgns.estimators",
    "SimilaritySet": "dsgns.evaluation.sets",
    "SparseVectors": "dsgns.vectors.sparse",
    "Stop": "dsgns.engine",
    "TimeLimit": "dsgns.callbacks",
    "Until": "dsgns.callbacks",
    "WordVectors": "dsgns.vectors.words",
    "Workspace": "dsgns.workspace",
    "align": "dsgns.vectors.alignment",
    "count_cooccurrences": "dsgns.steps",
    "count_words": "dsgns.steps",
    "encode_tokens": "dsgns.steps",
    "evaluate_analogies": "dsgns.evaluation.analogies",
    "evaluate_similarity": "dsgns.evaluation.similarity",
    "factorize": "dsgns.steps",
    "find_newcomers": "dsgns.newcomers",
    "import_counts": "dsgns.importing",
    "merge": "dsgns.merging",
    "open_workspace": "dsgns.workspace",
    "read_set": "dsgns.evaluation.sets",
    "sweep": "dsgns.sweeping",
    "train": "dsgns.workspace",
    "train_sgns": "dsgns.steps",
    "write_ppmi": "dsgns.steps",
}

__all__ = [
    "AnalogySet",
    "Checkpoint",
    "DsgnsError",
    "EarlyStopping",
    "Event",
    "Keep",
    "LossLog",
    "Moment",
    "Newcomers",
    "RunStoppedError",
    "SGNSEmbedding",
    "SVDEmbedding",
    "SimilaritySet",
    "SparseVectors",
    "Stop",
    "TimeLimit",
    "Until",
    "WordVectors",
    "Workspace",
    "__version__",
    "align",
    "count_cooccurrences",
    "count_words",
    "encode_tokens",
    "evaluate_analogies",
    "evaluate_similarity",
    "factorize",
    "find_newcomers",
    "import_counts",
    "merge",
    "open_workspace",
    "read_set",
    "sweep",
    "train",
    "train_sgns",
    "write_ppmi",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dsgns' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
