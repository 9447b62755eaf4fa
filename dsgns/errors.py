"""Every error dsgns raises on purpose.

Each one is also the built-in error that callers expect, and says what was given, what is allowed and
what to do about it::

    DsgnsError
    ├── ParameterError (ValueError)            a knob out of its range
    │   └── EmptyMatrixError                   a shift that leaves no cell above 0
    ├── CorpusError (ValueError)               text that cannot be used
    │   ├── SourceNotFoundError (FileNotFoundError)
    │   ├── EmptyCorpusError
    │   ├── TruncatedSourceError               a compressed file that ends too soon
    │   ├── EncodingError                      bytes that are no UTF-8, under ``errors="strict"``
    │   └── TokenizerError                     a tokenizer that cannot be loaded, or misbehaves
    ├── VocabularyError (ValueError)           no word survives
    ├── MergeError (ValueError)                counts that cannot be added, or taken away
    ├── TableError (ValueError)                a table of counts that cannot be read
    ├── WorkspaceError (OSError)
    │   ├── NotAWorkspaceError                 a folder that dsgns did not make
    │   ├── NewerFormatError                   written by a later dsgns
    │   ├── WorkspaceReadOnlyError
    │   ├── WorkspaceBusyError                 another run holds the key
    │   ├── ResultInUseError                   a result that others were made from
    │   └── CorruptBlockError                  bytes that fail their checksum
    ├── MissingOutputError (LookupError)       a stage that has not been run yet
    ├── NotFittedError (ValueError, AttributeError)
    ├── MemoryPromiseError (MemoryError)       a plan that does not fit the memory limit
    ├── ClusterError (RuntimeError)            a scheduler or worker that is gone
    │   └── TaskFailedError                    a task that failed, and what it worked on
    │       └── WorkerKilledError              a task that its workers do not survive
    ├── RunStoppedError                        a run that a callback stopped, to go on another time
    ├── DivergedError (FloatingPointError)     training that left the finite numbers
    ├── MissingWordError (KeyError)            a word that is not in the vocabulary
    ├── VectorFileError (ValueError)           a vector file that cannot be read
    ├── EvaluationFileError (ValueError)       an evaluation set that cannot be read
    └── MissingExtraError (ImportError)        an optional package that is not installed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class DsgnsError(Exception):
    """The root of the tree above.

    Examples
    --------
    >>> import dsgns
    >>> try:
    ...     dsgns.open_workspace("nowhere.dsgns")
    ... except dsgns.DsgnsError as error:
    ...     print(type(error).__name__)
    NotAWorkspaceError
    """


class ParameterError(DsgnsError, ValueError):
    """A parameter has a value that is not allowed."""


class EmptyMatrixError(ParameterError):
    """The weighted matrix has no cell above 0."""


class CorpusError(DsgnsError, ValueError):
    """The text cannot be used as it is."""


class SourceNotFoundError(CorpusError, FileNotFoundError):
    """An input names no file."""

    def __str__(self) -> str:
        # FileNotFoundError's own __str__ expects an errno.
        return str(self.args[0]) if self.args else ""


class RecordError(CorpusError):
    """A record cannot be used, and those are what the options ask to stop at."""


class EmptyCorpusError(CorpusError):
    """The input holds no token."""


class TruncatedSourceError(CorpusError):
    """A compressed source ends too soon or is damaged."""


class EncodingError(CorpusError):
    """A source holds bytes that are no UTF-8, and ``errors="strict"`` was asked for."""


class TokenizerError(CorpusError):
    """A tokenizer cannot be loaded, or returned what is no list of tokens."""


class VocabularyError(DsgnsError, ValueError):
    """No word survives the vocabulary's parameters."""


class MergeError(DsgnsError, ValueError):
    """Counts do not add up with others, or are no part of what they are to be taken from."""


class TableError(DsgnsError, ValueError):
    """A table of counts cannot be read, or a line of it is no cell."""


class WorkspaceError(DsgnsError, OSError):
    """The workspace cannot be used."""

    def __str__(self) -> str:
        # OSError's own __str__ expects an errno.
        return str(self.args[0]) if self.args else ""


class NotAWorkspaceError(WorkspaceError):
    """The place holds something that dsgns did not make."""


class NewerFormatError(WorkspaceError):
    """The workspace was written by a later version of dsgns."""


class WorkspaceReadOnlyError(WorkspaceError):
    """The workspace cannot be written to."""


class WorkspaceBusyError(WorkspaceError):
    """Another run holds the lease on what this run wants to write."""


class ResultInUseError(WorkspaceError):
    """A result is to be removed that others were made from."""


class CorruptBlockError(WorkspaceError):
    """A stored block is missing, truncated, or fails its checksum."""


class MissingOutputError(DsgnsError, LookupError):
    """A stage has no completed output yet."""


class NotFittedError(DsgnsError, ValueError, AttributeError):
    """An estimator is asked for what it learns in ``fit``, before that; the bases are those of scikit-learn's."""


class MemoryPromiseError(DsgnsError, MemoryError):
    """A plan needs more memory than a task may use.

    Parameters
    ----------
    why
        What does not fit what.
    advice
        What to do.
    limit
        The least memory limit that would do for what was refused, bytes.
    """

    def __init__(self, why: str, advice: str = "", limit: int = 0) -> None:
        super().__init__(f"{why} {advice}".rstrip())
        self.why, self.limit = why, limit


class ClusterError(DsgnsError, RuntimeError):
    """The scheduler or its workers cannot be reached, or did not answer in time."""


class TaskFailedError(ClusterError):
    """A task failed for a reason of its own; the message names what it worked on."""


class WorkerKilledError(TaskFailedError):
    """Workers died each time they worked on some blocks; the others are done.

    Parameters
    ----------
    label
        The step.
    blocks
        Their names.
    places
        Where the text of each lies, as far as is known.
    """

    def __init__(self, label: str, blocks: Sequence[str], places: Mapping[str, str] | None = None) -> None:
        places = dict(places or {})
        named = [f"{name} ({places[name]})" if name in places else name for name in blocks]
        super().__init__(
            f"{label}: the worker died each time it worked on {', '.join(named)}, most likely for want of memory. Give "
            "workers more with --memory-limit, or smaller pieces with --shard-size"
            f"{', or leave this text out with --skip-bad-shards' if places else ''}. What is finished is kept: run the "
            "same command again to go on."
        )
        self.label, self.blocks, self.places = label, tuple(blocks), places

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.label, self.blocks, self.places)


class RunStoppedError(DsgnsError):
    """A callback stopped the run.

    Parameters
    ----------
    label
        The step that was under way.
    reason
        Why.

    Examples
    --------
    >>> import dsgns
    >>> raise dsgns.RunStoppedError("svd: pack", "time is over")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    dsgns.errors.RunStoppedError: Stopped in svd: pack: time is over. What is finished is kept: the same call, ...
    """

    def __init__(self, label: str, reason: str) -> None:
        going_on = "What is finished is kept: the same call, or command, goes on."
        super().__init__(f"Stopped in {label}: {reason}. {going_on}")
        self.label, self.reason = label, reason


class DivergedError(DsgnsError, FloatingPointError):
    """Training left the finite numbers."""


class MissingWordError(DsgnsError, KeyError):
    """A word is not in the vocabulary."""

    def __str__(self) -> str:
        # KeyError's own __str__ is the repr of its argument.
        return str(self.args[0]) if self.args else ""


class VectorFileError(DsgnsError, ValueError):
    """A vector file cannot be read."""


class EvaluationFileError(DsgnsError, ValueError):
    """An evaluation set cannot be read."""


class MissingExtraError(DsgnsError, ImportError):
    """An optional package is needed for what was asked."""


def how_to_add(extra: str) -> str:
    """The sentence that says how an optional package is installed."""
    return f"`pip install '.[{extra}]'`, in the folder that dsgns was installed from, adds it."
