"""What both estimators share: scikit-learn's manners, without scikit-learn."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from dsgns import store
from dsgns.engine import Callback, Client
from dsgns.errors import NotFittedError
from dsgns.inputs import Text
from dsgns.kinds import known_options
from dsgns.parameters import CorpusParameters, Resources, VocabularyParameters
from dsgns.vectors.words import WordVectors
from dsgns.workspace import train

_READING = ("workspace", "p", "context")


class _Temporary:
    """A folder that goes with the last of those that hold it; copies hold the same."""

    def __init__(self) -> None:
        self.path = tempfile.mkdtemp(prefix="dsgns-")
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@dataclass(eq=False, repr=False, kw_only=True)
class Estimator:
    """An estimator's parameters as its fields: storing them is all that making one does; ``fit`` checks them."""

    ROAD: ClassVar[str]

    workspace: str | os.PathLike[str] | None = None
    document: str = CorpusParameters.document
    tokenizer: str = CorpusParameters.tokenizer
    errors: str = CorpusParameters.errors
    held_out: float = CorpusParameters.held_out
    namespaces: str = CorpusParameters.namespaces
    redirects: str = CorpusParameters.redirects
    disambiguations: str = CorpusParameters.disambiguations
    tables: str = CorpusParameters.tables
    input_format: str = CorpusParameters.input_format
    field: str = CorpusParameters.field
    ngram: int = CorpusParameters.ngram
    column: str = CorpusParameters.column
    lowercase: bool = CorpusParameters.lowercase
    accents: str = CorpusParameters.accents
    digits: str = CorpusParameters.digits
    urls: str = CorpusParameters.urls
    sentences: bool = CorpusParameters.sentences
    skip_bad_shards: bool = CorpusParameters.skip_bad_shards
    min_count: int = VocabularyParameters.min_count
    max_vocabulary: int | None = VocabularyParameters.max_vocabulary
    keep: str | None = VocabularyParameters.keep
    stop: str | None = VocabularyParameters.stop
    vocabulary: str | None = VocabularyParameters.vocabulary
    phrases: int = VocabularyParameters.phrases
    phrase_threshold: float = VocabularyParameters.phrase_threshold
    phrase_discount: float = VocabularyParameters.phrase_discount
    phrase_scoring: str = VocabularyParameters.phrase_scoring
    phrase_delimiter: str = VocabularyParameters.phrase_delimiter
    context: str = "none"
    scheduler: str | None = None
    certificates: str | os.PathLike[str] | None = None
    workers: int | None = Resources.workers
    memory_limit: int | str | None = Resources.memory_limit
    shard_size: int | str = Resources.shard_size
    callbacks: Sequence[Callback] = ()
    progress: bool = True

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters by name; ``deep`` is there for scikit-learn and changes nothing."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def set_params(self, **params: Any) -> Self:
        """Change parameters; what was learned stays until the next ``fit``.

        Raises
        ------
        ParameterError
            If there is no parameter of a name.
        """
        known_options(params, self.get_params())
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, corpus: Text, y: object = None, *, client: Client | None = None) -> Self:
        """Learn vectors from text, and return the estimator.

        Parameters
        ----------
        corpus
            What :func:`dsgns.train` takes as ``inputs``.
        y
            Ignored; scikit-learn passes it.
        client
            A Dask client to run on, as for :func:`dsgns.train`.

        Raises
        ------
        ParameterError
            If a parameter is out of its range.
        """
        given = self.get_params()
        options = {name: value for name, value in given.items() if name not in _READING}
        self.workspace_ = train(corpus, self._place(), method=self.ROAD, client=client, **options)
        self._learn(self.workspace_.store.latest(self.ROAD))
        return self

    def _place(self) -> str | os.PathLike[str]:
        """The workspace that was named, else a temporary one that goes when the estimator and its copies do."""
        if self.workspace is not None:
            return self.workspace
        if not hasattr(self, "_temporary"):
            self._temporary = _Temporary()
        return self._temporary.path

    def _learn(self, result: store.Output) -> None:
        """Take over what was learned."""
        reading = {name: value for name, value in self.get_params().items() if name in ("p", "context")}
        vectors = self.workspace_.vectors(self.ROAD, key=result.key, **reading)
        assert isinstance(vectors, WordVectors)
        self.key_, self.vectors_, self.vocabulary_ = result.name, vectors, vectors.key_to_index

    def __sklearn_is_fitted__(self) -> bool:
        """Whether ``fit`` has been called; for :func:`sklearn.utils.validation.check_is_fitted`."""
        return hasattr(self, "vectors_")

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn, which is installed where this is called, wants to know of any estimator."""
        from sklearn.base import BaseEstimator

        tags = BaseEstimator.__sklearn_tags__(self)
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags

    def __getattr__(self, name: str) -> Any:
        # Found only where an attribute is missing: what ends in _ is there after `fit`.
        if name.endswith("_") and not name.startswith("_"):
            raise NotFittedError(f"{type(self).__name__} has no {name} yet; call fit first.")
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __repr__(self) -> str:
        changed = (field.name for field in fields(self) if getattr(self, field.name) != field.default)
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in changed)})"
