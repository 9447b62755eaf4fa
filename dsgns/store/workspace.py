"""A workspace: one zarr hierarchy with everything that runs over one corpus make."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from dsgns.errors import MissingOutputError, NewerFormatError, NotAWorkspaceError, WorkspaceReadOnlyError
from dsgns.store.arrays import create_root, root_attributes
from dsgns.store.files import Files
from dsgns.store.keys import safe_name
from dsgns.store.manifest import dump_json
from dsgns.store.output import Output
from dsgns.store.places import local_path, near_name, reaching, write_error
from dsgns.version import __version__

FORMAT = 1
STAGES = (
    *("corpus", "text", "phrases", "vocabulary", "tokens", "counts", "marginals", "ppmi", "svd", "sgns", "compare"),
    "vectors",
)


@dataclass(frozen=True)
class Workspace:
    """A directory or fsspec URL holding outputs at ``<stage>/<key>``.

    Parameters
    ----------
    url
        A path, or a URL such as ``s3://bucket/wiki.dsgns``.
    """

    url: str

    @classmethod
    def open(cls, url: str) -> Workspace:
        """A workspace that exists.

        Raises
        ------
        NotAWorkspaceError
            If there is none at ``url``.
        NewerFormatError
            If a later dsgns wrote it.
        """
        with reaching(url):
            ours = (root_attributes(url) or {}).get("dsgns")
        if not isinstance(ours, dict) or not isinstance(ours.get("format"), int):
            raise NotAWorkspaceError(_why_none(url))
        if ours["format"] > FORMAT:
            raise NewerFormatError(
                f"{url} has format {ours['format']}, written by dsgns {ours.get('version', '?')}; this is dsgns "
                f"{__version__}, which reads up to {FORMAT}. Upgrade dsgns, or choose another --output."
            )
        return cls(url)

    @classmethod
    def create(cls, url: str) -> Workspace:
        """The workspace at ``url``, made if there is nothing yet.

        Raises
        ------
        NotAWorkspaceError
            If there is something that dsgns did not make; it is left alone.
        WorkspaceReadOnlyError
            If it cannot be written to.
        """
        with reaching(url):
            files = Files(url)
            there = files.list("")
        if there or (files.local is not None and files.local.exists() and not files.local.is_dir()):
            try:
                return cls.open(url)
            except NotAWorkspaceError:
                raise NotAWorkspaceError(
                    f"{url} holds something that dsgns did not make; choose an empty or a new place for --output."
                ) from None
        try:
            create_root(url, {"dsgns": {"format": FORMAT, "version": __version__}})
        except FileNotFoundError as error:
            raise WorkspaceReadOnlyError(f"{url} cannot be made there; choose another --output.") from error
        except OSError as error:
            raise write_error(url, error) from error
        return cls(url)

    def require_writable(self) -> None:
        """Fail now rather than after an hour.

        Raises
        ------
        WorkspaceReadOnlyError
            If nothing can be written.
        """
        probe = ".writable"
        files = Files(self.url)
        try:
            files.write(probe, [b""])
        except OSError as error:
            raise error if isinstance(error, WorkspaceReadOnlyError) else write_error(self.url, error) from error
        with contextlib.suppress(OSError):
            files.remove(probe)

    def output(self, stage: str, key: str) -> Output:
        """The output of a stage under a key, there or not."""
        if not safe_name(key) or stage not in STAGES:
            raise MissingOutputError(f"{stage}/{key} is no name of an output; the stages are {', '.join(STAGES)}.")
        return Output(self.url, stage, key)

    def keys(self, stage: str) -> list[str]:
        """The keys a stage has anything under, complete or not, by name."""
        return [key for key in Files(self.url).list(stage) if key != "zarr.json"]

    def latest(self, stage: str) -> Output:
        """What the last completed run made of a stage, or found made.

        Raises
        ------
        MissingOutputError
            If there is no completed output.
        """
        results = self.results(stage)
        if not results:
            raise MissingOutputError(f"{self.url} has no completed {stage}; run `dsgns {stage} {self.url}` first.")
        return results[0]

    def results(self, stage: str) -> list[Output]:
        """The completed outputs of a stage, newest first; those that were only made for something else left out."""
        complete = [output for output in self.complete(stage) if not output.set_aside]
        remembered = self.remembered(stage)
        return sorted(complete, key=lambda output: (output == remembered, output.record["finished"]), reverse=True)

    def complete(self, stage: str) -> list[Output]:
        """All completed outputs of a stage, by key."""
        return [output for key in self.keys(stage) if (output := self.output(stage, key)).complete]

    def named(self, key: str, stages: Sequence[str], option: str = "key") -> Output:
        """The completed output that a person names, by its key or as ``STAGE/KEY``.

        Parameters
        ----------
        stages
            Where it may be.
        option
            What the name was given as.

        Raises
        ------
        MissingOutputError
            If there is none; it lists those that there are.
        """
        there = [output for stage in stages for output in self.complete(stage)]
        for output in there:
            if key in (output.key, output.name):
                return output
        known = ", ".join(output.name for output in there) or "none yet"
        raise MissingOutputError(
            f"{option} is {key!r}, but {self.url} has no completed {' or '.join(stages)} of that key. "
            f"There are: {known}."
        )

    def remember(self, output: Output) -> None:
        """Make a completed output, and all that it was made from, the latest of their stages.

        What was made on the way to something else, such as a comparison, is not what a user asks for next.
        """
        files = Files(self.url)
        for stage, made in self.lineage(output).items():
            made.take_up()
            files.write(f"latest/{stage}.json", [dump_json({"key": made.key})])

    def remembered(self, stage: str) -> Output | None:
        """What :meth:`remember` was last told of a stage, if it is still there."""
        try:
            output = self.output(stage, json.loads(Files(self.url).read(f"latest/{stage}.json"))["key"])
        except (FileNotFoundError, ValueError, KeyError):
            return None
        return output if output.complete else None

    def lineage(self, output: Output) -> dict[str, Output]:
        """A completed output and all that it was made from, by stage."""
        found = {output.stage: output}
        for stage, key in output.inputs.items():
            # What phrases were learned from may be another text than that which they are joined in.
            found = self.lineage(self.output(stage, key)) | found
        return found


def _why_none(url: str) -> str:
    """What there is in place of a workspace, and which may have been meant."""
    path, advice = local_path(url), "Name the folder given to `dsgns train --output`."
    if path is None or path.exists():
        return f"{url} is no dsgns workspace. {advice}"
    near = near_name(url, path)
    return f"There is no dsgns workspace {url}. {f'Did you mean {near}?' if near else advice}"
