"""Kernels of phrases compiled by whoever begins the stage, where that is not held against the memory of workers."""

from __future__ import annotations

import numpy as np

from dsgns.corpus.kernels_documents import USED
from dsgns.corpus.tokenizers import as_array
from dsgns.phrases.joiner import Joiner
from dsgns.phrases.kernels import part_keys
from dsgns.phrases.pairs import PairCounter
from dsgns.phrases.table import Phrases


def compile_joining() -> None:
    """Join a phrase and count its pair."""
    phrases = Phrases.none().with_pass([(b"a", b"b")], np.ones(1, np.int64), np.ones(1), b"_")
    list(Joiner(phrases, "_").join(iter([(USED, *as_array(b"a b\n"))])))
    counter = PairCounter(np.zeros(1, np.int32), lambda pairs: None)
    counter.add(np.zeros(2, np.int32))
    part_keys(counter.take().keys, *np.empty((2, 1), np.int32))
