"""Taking results out of a workspace: never what others were made from, unless those go as well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack

from dsgns.corpus.spooled import remove_spooled, unneeded
from dsgns.errors import MissingOutputError, ParameterError, ResultInUseError
from dsgns.lineage import CACHES, made_from
from dsgns.store import Output, Workspace
from dsgns.store.workspace import STAGES


def remove(
    workspace: Workspace,
    keys: Sequence[str] = (),
    *,
    dependents: bool = False,
    unfinished: bool = False,
    caches: bool = False,
    aside: bool = False,
) -> dict[str, int]:
    """Take results out of a workspace; the bytes that each one held, by its name.

    What was made from others goes before them, and of each its record first, then its manifests, then its data:
    whenever it is cut short, what is left is whole or unfinished, and the same call again goes on: of several keys,
    those that name nothing are passed over.

    Text that was handed over and kept goes with the last corpus that was made of it.

    The earlier result that an SVD began with does not count as what it was made from.

    Parameters
    ----------
    keys
        ``KEY`` or ``STAGE/KEY``, complete or not.
    dependents
        Also remove what was made from them. Kept copies of vectors and decoded text go with theirs in any case.
    unfinished
        Also remove everything that was begun and is not complete, unless a complete result was made from it; and kept
        text that nothing was made of.
    caches
        Also remove all copies of vectors that were kept from reading them, and decoded text.
    aside
        Also remove what a sweep or a comparison made for itself, unless something else was made from it since.

    Raises
    ------
    MissingOutputError
        If the keys name nothing, and nothing else is to go.
    ParameterError
        If a key names results of several stages.
    ResultInUseError
        If something was made from them and is not to go as well.
    WorkspaceBusyError
        If a result is being written; nothing is removed then.
    """
    there = _everything(workspace)
    for output in there.values():
        output.require_free()
    inputs = {name: output.inputs for name, output in there.items()}
    chosen = {name for key in keys for name in _named(there.values(), key)}
    chosen |= set(_left_behind(there, inputs, unfinished, caches, aside))
    if keys and not chosen:
        raise MissingOutputError(
            f"{workspace.url} has nothing of the key {' or '.join(map(repr, keys))}; see `dsgns status`."
        )
    others = made_from(inputs, chosen)
    _require_leave(sorted(chosen), [name for name in others if there[name].stage not in CACHES], dependents)
    going = [output for name, output in there.items() if name in chosen.union(others)]
    spare = {} if unfinished else unneeded(workspace)
    going.sort(key=lambda output: STAGES.index(output.stage), reverse=True)
    with ExitStack() as leases:
        for output in going:
            leases.enter_context(output.held_to_erase())
        freed = {output.name: output.erase() for output in going}
    text = {name: size for name, size in unneeded(workspace).items() if name not in spare}
    return freed | remove_spooled(workspace, text)


def left_behind(
    workspace: Workspace, *, unfinished: bool = True, caches: bool = True, aside: bool = True
) -> dict[str, tuple[str, int]]:
    """What :func:`remove` would take out if no key is named: why, and the bytes that it holds, by name."""
    there = _everything(workspace)
    inputs = {name: output.inputs for name, output in there.items()}
    reasons = _left_behind(there, inputs, unfinished, caches, aside)
    # Copies go with what they are copies of, whether or not all copies are asked for.
    reasons = (
        dict.fromkeys((name for name in made_from(inputs, reasons) if there[name].stage in CACHES), _COPY) | reasons
    )
    found = {name: (reasons[name], output.held()) for name, output in there.items() if name in reasons}
    return found | {name: (_SPARE, size) for name, size in (unneeded(workspace) if unfinished else {}).items()}


_COPY, _SPARE = "kept to save time", "nothing is made of it"


def _everything(workspace: Workspace) -> dict[str, Output]:
    return {f"{stage}/{key}": workspace.output(stage, key) for stage in STAGES for key in workspace.keys(stage)}


def _left_behind(
    there: Mapping[str, Output], inputs: Mapping[str, Mapping[str, str]], unfinished: bool, caches: bool, aside: bool
) -> dict[str, str]:
    """Why results that nobody asked for are there, by name; none from which something was made that is to stay."""
    found: dict[str, str] = {}
    if aside:
        complete = {name: output for name, output in there.items() if output.complete}
        found |= {name: f"made by {output.aside_for}" for name, output in complete.items() if output.set_aside}
        # A comparison is nothing but a few figures, made anew from what it needs.
        found |= {name: "made by compare" for name in made_from(inputs, found) if there[name].stage == "compare"}
    if unfinished:
        found |= {name: "unfinished" for name in there if _abandoned(there, inputs, name)}
    if caches:
        found |= {name: _COPY for name, output in there.items() if output.stage in CACHES}
    return {
        name: reason
        for name, reason in found.items()
        if all(other in found or there[other].stage in CACHES for other in made_from(inputs, [name]))
    }


def _named(there: Iterable[Output], key: str) -> list[str]:
    """The name of the result that a key is of, if there is one."""
    found = [output for output in there if key in (output.key, output.name)]
    if len(found) > 1:
        # Decoded text has the key of its corpus, and goes with it.
        found = [output for output in found if output.stage not in CACHES]
    if len(found) > 1:
        raise ParameterError(f"key is {key!r}; it must be one of {', '.join(output.name for output in found)}.")
    return [output.name for output in found]


def _abandoned(there: Mapping[str, Output], inputs: Mapping[str, Mapping[str, str]], name: str) -> bool:
    """Whether a result is unfinished, and none that is complete was made from it before it was found damaged."""
    if there[name].complete:
        return False
    made = [there[other] for other in made_from(inputs, [name])]
    return not any(output.complete and output.stage not in CACHES for output in made)


def _require_leave(chosen: Iterable[str], others: Sequence[str], dependents: bool) -> None:
    if others and not dependents:
        were, them = ("were", "them") if len(others) > 1 else ("was", "it")
        raise ResultInUseError(
            f"{', '.join(others)} {were} made from {', '.join(chosen)}. Remove {them} first, "
            "or all at once with --dependents (dependents=True)."
        )
