"""What is said of a step: when it begins, on its way and when it is done; and of notes."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from dsgns.display.figures import duration, short
from dsgns.engine import Event

# Decoded text lies in the workspace from the vocabulary until the tokens are there.
_SCAFFOLDING = ("text",)

# Before this part is done, what one sees is a start: no rate to go by.
_TELLING = 0.01

UNLIKE = ("parts",)
"""Units that differ too much to tell how long the others will take."""

_BARS, _WIDTH = "▁▂▃▄▅▆▇█", 12

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
    seen = "".join(f", {figure}" for figure in figures(event, chart=False))
    if made < max(1, _TELLING * event.total) or event.unit in UNLIKE:
        return f"{event.label}: {share}, {duration(seconds)} so far{seen}"
    left = duration((event.total - event.done) * seconds / made)
    return f"{event.label}: {share}{_rate(event, made, seconds)}, {left} left{seen}"


def figures(event: Event, chart: bool) -> list[str]:
    """What is known besides: blocks where others are counted, rounds, memory against the promise, and the loss.

    Examples
    --------
    >>> from dsgns.engine import Rounds, StepFigures
    >>> seen = StepFigures(3, 8, memory=300 << 20, promised=512 << 20, loss=(3.0, 2.5, 2.25))
    >>> figures(Event("advance", "sgns: train", 10, 99, "tokens", figures=seen), chart=True)
    ['block 3 of 8', 'memory 300 of 512 MiB', 'loss 2.2500 █▃▁']
    >>> figures(Event("advance", "sgns: train", figures=StepFigures(rounds=Rounds(12, 640, 0.183))), chart=True)
    ['round 12 of 640', 'exchange 18 %']
    """
    seen, told = event.figures, []
    if seen.blocks > 1 and event.unit not in _UNRATED:
        told.append(f"block {seen.blocks_done} of {seen.blocks}")
    if seen.rounds:
        told.append(f"round {seen.rounds.done:,} of {seen.rounds.total:,}")
    if seen.rounds and seen.rounds.exchange is not None:
        told.append(f"exchange {100 * seen.rounds.exchange:.0f} %")
    if seen.memory and seen.promised:
        told.append(f"memory {seen.memory >> 20} of {seen.promised >> 20} MiB")
    if seen.loss:
        told.append(f"loss {seen.loss[-1]:.4f}" + (f" {sparkline(seen.loss)}" if chart and len(seen.loss) > 1 else ""))
    return told


def sparkline(values: Sequence[float]) -> str:
    """A curve in one line of text, of the last values.

    Examples
    --------
    >>> sparkline([1, 2, 3, 2])
    '▁▅█▅'
    """
    shown = [value for value in values if isfinite(value)][-_WIDTH:]
    least, most = min(shown, default=0), max(shown, default=0)
    step = (most - least) / (len(_BARS) - 1) or 1
    return "".join(_BARS[int((value - least) / step + 0.5)] for value in shown)


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
