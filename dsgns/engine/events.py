"""What the engine tells whoever listens: progress, reuse, notes. Printing is the listener's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rounds:
    """How far replicas are.

    Parameters
    ----------
    done, total
        How often they were merged, and how often they will be.
    exchange
        The part of the workers' time that went into bringing rows to where they are trained, and changes back, and
        merging these; None where it is not known.
    """

    done: int
    total: int
    exchange: float | None = None


@dataclass(frozen=True)
class StepFigures:
    """What there is to see of a step besides how far it is.

    Parameters
    ----------
    blocks_done, blocks
        Finished and in all.
    memory, promised
        The most bytes that a worker has held during the step as far as is known, and what none will hold more than;
        0 where that is not known.
    loss
        Of skip-gram: after each epoch that is over.
    rounds
        Of skip-gram with several replicas.
    """

    blocks_done: int = 0
    blocks: int = 0
    memory: int = 0
    promised: int = 0
    loss: tuple[float, ...] = ()
    rounds: Rounds | None = None


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Parameters
    ----------
    kind
        ``begin``, ``advance``, ``end`` of a step; ``reuse`` of a finished output; ``note`` for a person.
    label
        The step, such as ``counts: spill``; it begins with the stage.
    done, total
        Units of work finished and in all, 0 where that is not known.
    unit
        What is counted: tokens, rows, bytes.
    text
        What a note says; of a reused output, its key; where workers are there, the address of their dashboard.
    figures
        Of a step under way.

    Examples
    --------
    >>> import dsgns
    >>> heard: list[dsgns.Event] = []
    >>> workspace = dsgns.train("corpus.txt", "w.dsgns", vector_size=8, min_count=2, listener=heard.append)
    >>> {event.kind for event in heard} <= {"begin", "advance", "end", "reuse", "note"}
    True
    """

    kind: str
    label: str
    done: int = 0
    total: int = 0
    unit: str = "blocks"
    text: str = ""
    figures: StepFigures = field(default=StepFigures(), compare=False)


Listener = Callable[[Event], None]


def silent(event: Event) -> None:
    """A listener that prints nothing."""
