"""From several vocabularies to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.engine import Engine, Job
from dsgns.parameters import VocabularyParameters
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.vocabulary.lists import keeping, read_lists
from dsgns.vocabulary.plan import projected_unite
from dsgns.vocabulary.stage import build_vocabulary, readable
from dsgns.vocabulary.task_unite import every_word, unite_words

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
    with engine.produce(output, parameters={}, inputs={}) as job:
        return job.finish({**about, **_unite(job, parts).facts})


def extend_vocabulary(
    engine: Engine, workspace: Workspace, corpus: Output, parameters: VocabularyParameters, known: Output
) -> Output:
    """The words of a text, and all those of an earlier vocabulary however rare they are in it.

    Counts are those of both texts together, by which words are numbered; the facts are of this text.

    Parameters
    ----------
    known
        The earlier vocabulary; its phrases are words here too.
    """
    lists = keeping(read_lists(parameters), every_word(known))
    made_from = {"corpus": corpus.key} | {stage: key for stage, key in known.inputs.items() if stage == "phrases"}
    phrases = workspace.output("phrases", made_from["phrases"]) if "phrases" in made_from else None
    own = build_vocabulary(engine, workspace, corpus, parameters, phrases, lists)
    key = key_of(f"{readable(parameters)}-more", VERSION, parts=[own.key, known.key])
    output = workspace.output("vocabulary", key)
    if engine.reuse(output):
        return output
    with engine.produce(output, parameters=parameters.to_dict(), inputs=made_from) as job:
        both = _unite(job, [(own, 1), (known, 1)]).facts
        sizes = {"size": both["size"], "text_bytes": both["text_bytes"]}
        return job.finish({**own.facts, **sizes, "extends": known.key})


def _unite(job: Job, parts: Sequence[tuple[Output, int]]) -> Manifest:
    """Write the block of the words of all parts."""
    words, size = (sum(part.facts[fact] for part, _ in parts) for fact in ("size", "text_bytes"))
    made = job.run(
        "vocabulary: unite",
        unite_words,
        {"words": (job.output, "words", tuple(parts))},
        projected_bytes=projected_unite(words, size),
        unit="words",
        weights={"words": words},
    )
    return made["words"]
