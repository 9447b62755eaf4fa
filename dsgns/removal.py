"""Taking results out of a workspace: never what others were made from, unless those go as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
) -> dict[str, int]:
    """Take results out of a workspace; the bytes that each one held, by its name.

    What was made from others goes before them, and of each its record first, then its manifests, then its data:
    whenever it is cut short, what is left is whole or unfinished, and the same call again goes on.

    Parameters
    ----------
    keys
        ``KEY`` or ``STAGE/KEY``, complete or not.
    dependents
        Also remove what was made from them. Kept copies of vectors and decoded text go with theirs in any case.
    unfinished
        Also remove everything that was begun and is not complete, unless a complete result was made from it.
    caches
        Also remove all copies of vectors that were kept from reading them, and decoded text.

    Raises
    ------
    MissingOutputError
        If a key names nothing.
    ParameterError
        If a key names results of several stages.
    ResultInUseError
        If something was made from them and is not to go as well.
    WorkspaceBusyError
        If a run is writing into the workspace.
    """
    there = [workspace.output(stage, key) for stage in STAGES for key in workspace.keys(stage)]
    for output in there:
        output.require_free()
    chosen = {output.name: output for output in (_named(workspace, there, key) for key in keys)}
    left = [output for output in there if _abandoned(workspace, output)] if unfinished else []
    kept = [output for output in there if output.stage in CACHES] if caches else []
    chosen |= {output.name: output for output in left + kept}
    others = [output for output in made_from(workspace, chosen.values()) if output.name not in chosen]
    _require_leave(chosen, [output for output in others if output.stage not in CACHES], dependents)
    chosen |= {output.name: output for output in others}
    order = sorted(chosen.values(), key=lambda output: STAGES.index(output.stage), reverse=True)
    return {output.name: output.erase() for output in order}


def _named(workspace: Workspace, there: Iterable[Output], key: str) -> Output:
    found = [output for output in there if key in (output.key, output.name)]
    if len(found) > 1:
        # Decoded text has the key of its corpus, and goes with it.
        found = [output for output in found if output.stage not in CACHES]
    if not found:
        raise MissingOutputError(f"key is {key!r}, but {workspace.url} has nothing of that key; see `dsgns status`.")
    if len(found) > 1:
        raise ParameterError(f"key is {key!r}; it must be one of {', '.join(output.name for output in found)}.")
    return found[0]


def _abandoned(workspace: Workspace, output: Output) -> bool:
    """Whether an output is unfinished, and nothing complete was made from it before it was found damaged."""
    return not output.complete and not any(made.complete for made in made_from(workspace, [output]))


def _require_leave(chosen: Iterable[str], others: Sequence[Output], dependents: bool) -> None:
    if others and not dependents:
        were, them = ("were", "them") if len(others) > 1 else ("was", "it")
        raise ResultInUseError(
            f"{', '.join(output.name for output in others)} {were} made from {', '.join(chosen)}. Remove {them} first, "
            "or all at once with --dependents (dependents=True)."
        )
