"""What is said of a step: when it begins, on its way and when it is done; and of notes."""

from __future__ import annotations

from dsgns.cli.figures import duration, short
from dsgns.engine import Event

# Decoded text lies in the workspace from the vocabulary until the tokens are there.
_SCAFFOLDING = ("text",)

# Before this part is done, what one sees is a start: no rate to go by.
_TELLING = 0.01

UNLIKE = ("parts",)
"""Units that differ too much to tell how long the others will take."""

_UNRATED = ("blocks", *UNLIKE)


def began(event: Event) -> str:
    """The first line about a step."""
    if not event.total:
        return event.label
    if event.done:
        return f"{event.label}: goes on, {short(event.done)} of {short(event.total)} {event.unit} are there"
    unit = event.unit if event.total > 1 else event.unit.removesuffix("s")
    return f"{event.label}: {short(event.total)} {unit}"


def how_far(event: Event, made: int, seconds: float) -> str:
    """A line on its way, ``seconds`` after it began; ``made`` units are this run's own."""
    if not event.total:
        return f"{event.label}: {duration(seconds)} so far"
    share = f"{100 * event.done // event.total} % ({short(event.done)} of {short(event.total)} {event.unit})"
    if made < max(1, _TELLING * event.total) or event.unit in UNLIKE:
        return f"{event.label}: {share}, {duration(seconds)} so far"
    left = duration((event.total - event.done) * seconds / made)
    return f"{event.label}: {share}{_rate(event, made, seconds)}, {left} left"


def finished(event: Event, made: int, seconds: float) -> str:
    """The last line about a step."""
    return f"{event.label}: done in {duration(seconds)}{_rate(event, made, seconds)}"


def sentence(event: Event) -> str:
    """What a note or reuse is worth saying; nothing of what stages keep for one another."""
    if event.kind == "reuse":
        return "" if event.label in _SCAFFOLDING else f"{event.label}: {event.text} is there already"
    return f"{event.label}: {event.text}"


def _rate(event: Event, made: int, seconds: float) -> str:
    return f", {short(made / seconds)}/s" if made and seconds and event.unit not in _UNRATED else ""
