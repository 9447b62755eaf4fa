"""From what a road left in the workspace to one array of vectors, memory-mapped where that is possible."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsgns.errors import CorruptBlockError, ParameterError, WorkspaceBusyError, WorkspaceReadOnlyError
from dsgns.store import Output, Workspace, key_of
from dsgns.vectors.postprocessing import check, fit
from dsgns.version import __version__

CONTEXTS = ("none", "add")
_BLOCK = "rows"
_VERSION = 1


@dataclass(frozen=True)
class Choice:
    """Which vectors to make of an output.

    Parameters
    ----------
    source
        A completed ``svd`` or ``sgns`` output.
    p
        Exponent of the singular values, U S^p; SGNS has none.
    context
        ``none`` for the words' vectors alone, ``add`` for the sum with the same word's context vector.
    post, components
        What is done to them then; see :mod:`dsgns.vectors.postprocessing`.
    """

    source: Output
    p: float = 0.5
    context: str = "none"
    post: str = "none"
    components: int | None = None

    def __post_init__(self) -> None:
        if self.source.stage not in ("svd", "sgns"):
            raise ParameterError(f"dense vectors come from svd or sgns; {self.source.stage} is given.")
        if not 0.0 <= self.p <= 1.0:
            raise ParameterError(f"p is {self.p!r}; it must be in [0, 1].")
        if self.context not in CONTEXTS:
            raise ParameterError(f"context is {self.context!r}; it must be one of {', '.join(CONTEXTS)}.")
        check(self.post, self.components)

    @property
    def key(self) -> str:
        """The key of the array among the workspace's ``vectors``."""
        exponent = {"p": self.p} if self.source.stage == "svd" else {}
        post = {} if self.post == "none" else {"post": self.post, "components": self.components}
        names = [self.context, *([self.post] if post else [])]
        readable = "-".join([self.source.stage, *(f"p{p:g}" for p in exponent.values()), *names])
        return key_of(readable, _VERSION, source=self.source.key, context=self.context, **exponent, **post)

    def finished(self, workspace: Workspace) -> Iterator[tuple[int, np.ndarray]]:
        """First row and vectors of each block of rows, post-processed."""
        if self.post == "none":
            return self.blocks()
        vocabulary = workspace.output("vocabulary", self.source.facts["vocabulary"])
        affine = fit(self.post, self.blocks, vocabulary.read("words", "counts")["counts"], self.components)
        return ((start, affine.apply(rows)) for start, rows in self.blocks())

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """First row and vectors, shape (n, d), float32, of each block of rows in order."""
        words, contexts = ("left", "right") if self.source.stage == "svd" else ("input", "output")
        scale = self._scale()
        for name, manifest in self.source.manifests(words).items():
            rows = self.source.read(name, "rows")["rows"] * scale
            if self.context == "add":
                rows += self._partner(name.replace(words, contexts), len(rows)) * scale
            yield manifest.facts["start"], np.ascontiguousarray(rows, dtype=np.float32)

    def shape(self) -> tuple[int, int]:
        """Words and vector size."""
        manifests = self.source.manifests("left" if self.source.stage == "svd" else "input")
        last = list(manifests.values())[-1]
        return int(last.facts["stop"]), int(last.arrays["rows"]["shape"][1])

    def _scale(self) -> np.ndarray | np.float32:
        if self.source.stage == "sgns":
            return np.float32(1)
        return self.source.read("spectrum", "singular_values")["singular_values"] ** self.p

    def _partner(self, name: str, rows: int) -> np.ndarray:
        """The context vectors of the same words."""
        partner = self.source.read(name, "rows")["rows"]
        if len(partner) != rows:
            raise CorruptBlockError(
                f"{self.source.stage}/{self.source.key}/{name} has {len(partner)} rows, not {rows}."
            )
        return partner


def materialize(workspace: Workspace, choice: Choice) -> np.ndarray:
    """The chosen vectors, shape (V, d), float32, read-only.

    They are written to one raw file in the workspace the first time, a block of rows at a time, and memory-mapped
    from there; where somebody wrote to it since, its checksum is compared. In a remote workspace they are read into
    memory, and so they are where the workspace cannot be written to, and while another run writes them.
    """
    output = workspace.output("vectors", choice.key)
    shape = choice.shape()
    path = output.path(_BLOCK)
    if not (output.complete if path is None else output.untouched(_BLOCK) or output.check(_BLOCK)):
        try:
            with output.lease():
                _write(output, choice, choice.finished(workspace), shape)
        except (WorkspaceReadOnlyError, WorkspaceBusyError):
            return _assemble(choice.finished(workspace), shape)
    if path is None:
        return _frozen(output.read_bytes(_BLOCK).view(np.float32).reshape(shape))
    return np.memmap(path, dtype=np.float32, mode="r", shape=shape)


def _write(output: Output, choice: Choice, blocks: Iterator[tuple[int, np.ndarray]], shape: tuple[int, int]) -> None:
    began, inputs = time.time(), {choice.source.stage: choice.source.key}
    output.begin({}, inputs)
    output.write_bytes(_BLOCK, (rows for _, rows in blocks), facts={"rows": shape[0], "columns": shape[1]})
    output.finish(
        {
            "parameters": {"p": choice.p, "context": choice.context, "post": choice.post},
            "inputs": inputs,
            "facts": {"rows": shape[0], "columns": shape[1]},
            "figures": {},
            "blocks": [_BLOCK],
            "started": began,
            "finished": time.time(),
            "version": __version__,
        }
    )


def _assemble(blocks: Iterator[tuple[int, np.ndarray]], shape: tuple[int, int]) -> np.ndarray:
    vectors = np.empty(shape, np.float32)
    for start, rows in blocks:
        vectors[start : start + len(rows)] = rows
    return _frozen(vectors)


def _frozen(vectors: np.ndarray) -> np.ndarray:
    vectors.flags.writeable = False
    return vectors
