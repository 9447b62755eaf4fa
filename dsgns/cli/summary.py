"""What a finished output has to say for itself, in a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dsgns.display.figures import count, counted, short

if TYPE_CHECKING:
    from dsgns.store import Output


def headline(output: Output) -> str:
    """An output's name and what is in it."""
    return f"{output.name}: {_ABOUT[output.stage](output)}"


def conservation_line(tokens: Mapping[str, int]) -> str:
    """Where every token went: what was read is the sum of the rest."""
    return (
        f"{counted(tokens['tokens_read'], 'token')} read = {count(tokens['used'])} used + "
        f"{count(tokens['out_of_vocabulary'])} out of vocabulary + {count(tokens['filtered'])} filtered + "
        f"{count(tokens['held_out'])} held out"
    )


def pages_line(pages: Mapping[str, int] | None) -> str:
    """What became of the pages of dumps: what was read is the sum of the rest; empty where there are none."""
    return _account_line("page", pages) if pages else ""


def records_line(records: Mapping[str, Any] | None) -> str:
    """What became of records, likewise, and where the first is that should not be left out."""
    if not records:
        return ""
    first = records["first"]
    numbers = {name: number for name, number in records.items() if name != "first"}
    return _account_line("record", numbers) + (f" (the first that is not as it should be: {first})" if first else "")


def phrases_line(known: Mapping[str, Any]) -> str:
    """How many phrases were learned, and which are the most frequent."""
    found = known["phrases"]
    passes = f" ({' + '.join(map(count, found))} in {len(found)} passes)" if len(found) > 1 else ""
    told = f", most often {', '.join(known['examples'])}" if known["examples"] else ""
    return f"{counted(sum(found), 'phrase')} learned{passes}{told}"


def _account_line(thing: str, numbers: Mapping[str, int]) -> str:
    total, *parts = numbers.items()
    told = " + ".join(f"{count(number)} {name.replace('_', ' ')}" for name, number in parts if number)
    return f"{counted(total[1], thing)} read = {told}"


def repairs_line(facts: Mapping[str, Any]) -> str:
    """What was wrong with the bytes that were read; empty when nothing was."""
    found = []
    if facts["invalid_bytes"]:
        found.append(f"{count(facts['invalid_bytes'])} bytes that are not UTF-8 {_place(facts['first_invalid'])}")
    if facts["nul_bytes"]:
        found.append(f"{counted(facts['nul_bytes'], 'NUL')}, taken for white space {_place(facts['first_nul'])}")
    return "; ".join(found)


def _place(first: str | None) -> str:
    return f"(the first: {first})" if first else ""


def _vocabulary(output: Output) -> str:
    counts = output.read("words", "counts")["counts"]
    return f"{counted(len(counts), 'word')}, together seen {counted(counts.sum(), 'time')}"


def _tokens(output: Output) -> str:
    facts = output.facts
    repairs = repairs_line(facts)
    line = conservation_line(facts["conservation"]) + (f"; in the text: {repairs}" if repairs else "")
    read = (pages_line(facts.get("pages")), records_line(facts.get("records")))
    return "; ".join([line, *filter(None, read)])


def _matrix(output: Output) -> str:
    return f"{counted(output.facts['nonzeros'], 'non-zero')}, {counted(output.facts['vocabulary_size'], 'word')}"


def _svd(output: Output) -> str:
    import numpy as np

    spectrum = output.read("spectrum", "singular_values", "residuals")
    values, residuals = spectrum["singular_values"], spectrum["residuals"]
    return (
        f"{_shape(output)}, singular values {values[0]:.4g} to {values[-1]:.4g}, residuals {np.median(residuals):.1e} "
        f"in the middle, {residuals.max():.1e} at most"
    )


def _sgns(output: Output) -> str:
    import numpy as np

    facts = output.facts
    epochs = len(facts["loss"])
    text = f"{_shape(output)}, loss {_course(facts['loss'])} in {counted(epochs, 'epoch')}"
    if "trained_tokens" in facts:
        why = f": {facts['stopped']}" if "stopped" in facts else ""
        text += f", as they were after {100 * facts['trained_tokens'] / facts['all_tokens']:.0f} % of it{why}"
    if any(np.isfinite(loss) and loss > 0 for loss in facts["held_out_loss"]):
        text += f", on held-out text {_course(facts['held_out_loss'])}"
    return f"{text}, {short(facts['pairs'])} pairs"


def _course(losses: list[float]) -> str:
    if not losses:
        return "not known yet"
    return f"{losses[0]:.4f} to {losses[-1]:.4f}" if len(losses) > 1 else f"{losses[0]:.4f}"


def _shape(output: Output) -> str:
    return f"{count(output.facts['vocabulary_size'])} words x {output.parameters['vector_size']}"


_ABOUT: dict[str, Callable[[Output], str]] = {
    "vocabulary": _vocabulary,
    "tokens": _tokens,
    "counts": _matrix,
    "ppmi": _matrix,
    "svd": _svd,
    "sgns": _sgns,
}
