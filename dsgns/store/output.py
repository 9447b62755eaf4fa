"""What one stage makes under one key: a plan, blocks with their manifests, and a record once complete."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from dsgns.errors import MissingOutputError
from dsgns.store.blocks import Blocks
from dsgns.store.lease import Held, holder, lease, require_free, wait_for_holder
from dsgns.store.manifest import dump_json

_LEASE = "lease.json"
_INPUTS = "inputs.json"


@dataclass(frozen=True)
class Output(Blocks):
    """Blocks with the plan they were begun with, and a record once everything is there."""

    @contextmanager
    def lease(self) -> Iterator[Held]:
        """Be the only run that writes here.

        Raises
        ------
        WorkspaceBusyError
            If another run is at it.
        """
        with lease(self.files, self._in(_LEASE), f"{self.name} in {self.url}") as held:
            yield held

    @property
    def holder(self) -> str | None:
        """A mark of the run that holds the lease, if one does."""
        return holder(self.files, self._in(_LEASE))

    def held_by(self, mark: str | None, within: float) -> bool:
        """Whether the lease is that run's, or comes to be seen so within some seconds."""
        return wait_for_holder(self.files, self._in(_LEASE), mark, within)

    def require_free(self) -> None:
        """Fail if a run is writing here.

        Raises
        ------
        WorkspaceBusyError
            If one is.
        """
        require_free(self.files, self._in(_LEASE), f"{self.name} in {self.url}")

    @property
    def name(self) -> str:
        """Stage and key, as a person is told them."""
        return f"{self.stage}/{self.key}"

    def sibling(self, key: str) -> Output:
        """The output of the same stage under another key, there or not."""
        return replace(self, key=key)

    @property
    def plan(self) -> dict[str, Any] | None:
        """The plan that the work here was begun with."""
        return self._json("plan.json")

    def begin(self, plan: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Write the plan, and from what it is to be made, where an earlier run left none; the plan that holds."""
        if inputs and not self.files.exists(self._in(_INPUTS)):
            self.files.write(self._in(_INPUTS), [dump_json(inputs)])
        known = self.plan
        if known is None:
            self.files.write(self._in("plan.json"), [dump_json(plan)])
            known = self.plan
        return known or {}

    @property
    def figures(self) -> dict[str, Any]:
        """What each step that is done took, over all runs so far."""
        return self._json("figures.json") or {}

    def keep_figures(self, figures: Mapping[str, Any]) -> None:
        """Write down what each step that is done took."""
        self.files.write(self._in("figures.json"), [dump_json(figures)])

    @property
    def contents(self) -> dict[str, Any]:
        """Of a corpus: each file on this machine by name, with the time it is known by and a digest of its content."""
        return self._json("contents.json") or {}

    def keep_contents(self, contents: Mapping[str, Any]) -> None:
        """Write that down."""
        self.files.write(self._in("contents.json"), [dump_json(contents)])

    @property
    def complete(self) -> bool:
        """Whether everything is there."""
        return self.files.exists(self._in("record.json"))

    @property
    def record(self) -> dict[str, Any]:
        """Parameters, inputs, facts and figures of the completed output.

        Raises
        ------
        MissingOutputError
            If it is not complete.
        """
        record = self._json("record.json")
        if record is None:
            raise MissingOutputError(f"{self.name} in {self.url} is not complete; run `dsgns {self.stage}`.")
        return record

    @property
    def facts(self) -> dict[str, Any]:
        """What the stage has to say of its output as a whole."""
        return self.record["facts"]

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters it was made with."""
        return self.record["parameters"]

    @property
    def inputs(self) -> dict[str, str]:
        """The keys of the outputs it was made from, or is being made from, by stage."""
        record = self._json("record.json")
        return record["inputs"] if record is not None else self._json(_INPUTS) or {}

    def finish(self, record: Mapping[str, Any]) -> None:
        """Declare the output complete."""
        self.files.write(self._in("record.json"), [dump_json(record)])

    @property
    def set_aside(self) -> bool:
        """Whether it was made on the way to something else, and is not meant unless it is named."""
        return self.files.exists(self._in("aside.json"))

    @property
    def aside_for(self) -> str:
        """The purpose that it was made for, where it is set aside; else empty."""
        return (self._json("aside.json") or {}).get("for", "")

    def held(self) -> int:
        """The bytes of everything here."""
        return self.files.held(self._in(""))

    def put_aside(self, purpose: str) -> None:
        """Say that it was made for a purpose of its own."""
        self.files.write(self._in("aside.json"), [dump_json({"for": purpose})])

    def take_up(self) -> None:
        """Take that back."""
        self.files.remove(self._in("aside.json"))

    def reopen(self) -> None:
        """Take the declaration back: some block has to be made anew."""
        self.files.remove(self._in("record.json"))

    def erase(self) -> int:
        """Delete everything here, :meth:`held_to_erase`; the bytes that were freed.

        The record goes first, then the manifests, then the data: however far it comes, no block that a run would take
        for sound is left without the plan it was made by.

        Raises
        ------
        WorkspaceReadOnlyError
            If nothing can be deleted.
        """
        held = self.held() - self.files.size(self._in(_LEASE))
        self.reopen()
        for name in self.manifests():
            self.remove_manifest(name)
        # What it was made from goes last: so long it is known where what is left of it belongs.
        for entry in sorted(self.files.list(self._in("")), key=_INPUTS.__eq__):
            if entry != _LEASE:
                self.files.remove(self._in(entry))
        return held

    @contextmanager
    def held_to_erase(self) -> Iterator[None]:
        """Hold the lease; in the end the folder goes too, when nothing is left in it.

        Raises
        ------
        WorkspaceBusyError
            If a run is writing here.
        """
        try:
            with self.lease():
                yield
        finally:
            self.files.remove_empty(self._in(""))

    def _json(self, name: str) -> dict[str, Any] | None:
        try:
            return json.loads(self.files.read(self._in(name)))
        except (FileNotFoundError, ValueError):
            return None
