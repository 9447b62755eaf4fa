"""Both roads as estimators with scikit-learn's manners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from dsgns import store
from dsgns.estimator import Estimator
from dsgns.parameters import CountsParameters, PMIParameters, SGNSParameters, SVDParameters


@dataclass(eq=False, repr=False, kw_only=True)
class SVDEmbedding(Estimator):
    """The count road: co-occurrence counts, PMI, randomized SVD.

    An estimator has the parameters of the stages it runs under their own names (:mod:`dsgns.parameters`), those of
    :func:`dsgns.train` that say how to run, and these:

    Parameters
    ----------
    workspace
        Where everything that is made stays, and is found again by the next ``fit``, of this or of another estimator.
        Unless it is named, a temporary one, deleted together with the estimator.
    p
        Exponent of the singular values: ``U S^p``.
    context
        ``none`` for word vectors alone, ``add`` for the sum with the context vectors.

    Attributes
    ----------
    vectors_ : WordVectors
        Words and vectors, memory-mapped.
    vocabulary_ : dict
        From word to row.
    singular_values_ : shape (d,), float64
        The largest first.
    workspace_ : Workspace
        What was made.
    key_ : str
        Of the result within it, such as ``svd/d100-1a2b3c4d``.

    Examples
    --------
    >>> import dsgns
    >>> model = dsgns.SVDEmbedding(vector_size=8, min_count=2).fit("corpus.txt")
    >>> model.vectors_.vectors.shape == (len(model.vocabulary_), 8)
    True
    >>> model.set_params(shift=5).get_params()["shift"]
    5
    >>> model
    SVDEmbedding(min_count=2, vector_size=8, shift=5)
    """

    ROAD: ClassVar[str] = "svd"

    vector_size: int = SVDParameters.vector_size
    window: int = CountsParameters.window
    weighting: str = CountsParameters.weighting
    transform: str = PMIParameters.transform
    cds: float = PMIParameters.cds
    shift: float = PMIParameters.shift
    subsample: float = PMIParameters.subsample
    power_iterations: int = SVDParameters.power_iterations
    oversampling: int | None = SVDParameters.oversampling
    tol: float = SVDParameters.tol
    seed: int = SVDParameters.seed
    init: str | None = SVDParameters.init
    p: float = 0.5

    def _learn(self, result: store.Output) -> None:
        super()._learn(result)
        self.singular_values_: np.ndarray = result.read("spectrum", "singular_values")["singular_values"]


@dataclass(eq=False, repr=False, kw_only=True)
class SGNSEmbedding(Estimator):
    """The prediction road: skip-gram with negative sampling.

    Parameters
    ----------
    workspace, context
        As those of :class:`SVDEmbedding`; of the others the same holds.

    Attributes
    ----------
    vectors_ : WordVectors
        Words and vectors, memory-mapped.
    vocabulary_ : dict
        From word to row.
    loss_, held_out_loss_ : list of float
        After each epoch, of the corpus and of the documents held out; the latter is empty where there are none.
    workspace_ : Workspace
        What was made.
    key_ : str
        Of the result within it, such as ``sgns/d100-w5-k5-e5-1a2b3c4d``.

    Examples
    --------
    >>> import dsgns
    >>> model = dsgns.SGNSEmbedding(vector_size=8, min_count=2, epochs=3, held_out=0.2).fit("corpus.txt")
    >>> len(model.loss_), len(model.held_out_loss_), model.vectors_
    (3, 3, WordVectors(18 words, vector_size=8))
    """

    ROAD: ClassVar[str] = "sgns"

    vector_size: int = SGNSParameters.vector_size
    window: int = SGNSParameters.window
    negative: int = SGNSParameters.negative
    ns_exponent: float = SGNSParameters.ns_exponent
    sample: float = SGNSParameters.sample
    alpha: float = SGNSParameters.alpha
    min_alpha: float = SGNSParameters.min_alpha
    epochs: int = SGNSParameters.epochs
    seed: int = SGNSParameters.seed
    replicas: int = SGNSParameters.replicas
    threads: int = SGNSParameters.threads
    round_tokens: int | None = SGNSParameters.round_tokens
    exact: bool = SGNSParameters.exact

    def _learn(self, result: store.Output) -> None:
        super()._learn(result)
        self.loss_: list[float] = result.facts["loss"]
        self.held_out_loss_: list[float] = result.facts["held_out_loss"]
