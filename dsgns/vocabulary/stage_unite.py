"""From several vocabularies to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.engine import Engine
from dsgns.store import Output, Workspace, key_of
from dsgns.vocabulary.plan import projected_unite
from dsgns.vocabulary.task_unite import unite_words

VERSION = 1


def unite_vocabularies(
    engine: Engine, workspace: Workspace, parts: Sequence[tuple[Output, int]], about: Mapping[str, Any]
) -> Output:
    """The words of all parts, numbered by falling count; it is the same in whatever order they are named.

    Parameters
    ----------
    parts
        Vocabularies of any workspace, each with 1 for counts to be added or -1 for counts to be taken away.
    about
        More facts for the record.

    Raises
    ------
    MergeError
        If more of a word is taken away than there is, or nothing is left.
    """
    named = sorted([part.key, sign] for part, sign in parts)
    output = workspace.output("vocabulary", key_of(f"united{len(parts)}", VERSION, parts=named))
    if engine.reuse(output):
        return output
    words = sum(part.facts["size"] for part, _ in parts)
    size = sum(part.facts["text_bytes"] for part, _ in parts)
    with engine.produce(output, parameters={}, inputs={}) as job:
        made = job.run(
            "vocabulary: unite",
            unite_words,
            {"words": (output, "words", tuple(parts))},
            projected_bytes=projected_unite(words, size),
            unit="words",
            weights={"words": words},
        )
        return job.finish({**about, **made["words"].facts})
