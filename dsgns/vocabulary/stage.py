"""From text to numbered words: scan the shards, merge by ranges of hash, choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsgns.corpus.ledger import total_readings
from dsgns.corpus.report import keep_counted, seen_in_bytes
from dsgns.corpus.skipping import (
    facts_of_skipped,
    losses,
    numbers_of,
    shard_size_of,
    skipped_before,
    skipped_shards,
    told,
    without,
)
from dsgns.corpus.stage import crossing_of_lost, decoded_text, plan_corpus_shards, sources_of
from dsgns.engine import Engine, Job
from dsgns.parameters import DOCUMENTS, CorpusParameters, VocabularyParameters
from dsgns.phrases.stream import Learned
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.vocabulary.lists import WordLists, read_lists
from dsgns.vocabulary.merge import require_words
from dsgns.vocabulary.stage_steps import SCAFFOLDING as SCAFFOLDING
from dsgns.vocabulary.stage_steps import choose, merge, scan, total, totals

VERSION = 2


def build_vocabulary(
    engine: Engine,
    workspace: Workspace,
    corpus: Output,
    parameters: VocabularyParameters,
    phrases: Output | None = None,
    lists: WordLists | None = None,
) -> Output:
    """The words of a corpus that occur often enough, numbered by falling count.

    Parameters
    ----------
    phrases
        Those that are to be words.
    lists
        Words to keep and to leave out, in place of those of the files that the parameters name.

    Raises
    ------
    EmptyCorpusError
        If there is no token in the text.
    VocabularyError
        If no word occurs often enough, or a file of words is not what it should be.
    """
    lists = read_lists(parameters) if lists is None else lists
    made_from = {"corpus": corpus.key} | ({"phrases": phrases.key} if phrases is not None else {})
    key = key_of(readable(parameters), VERSION, **made_from, parameters=ingredients(parameters, lists))
    output = workspace.output("vocabulary", key)
    if engine.reuse(output):
        return output
    with (
        engine.produce(
            output,
            parameters=parameters.to_dict(),
            inputs=made_from,
            plan=lambda: {"shard_size": shard_size_of(phrases, engine.resources.shard_size)},
        ) as job,
        decoded_text(engine, workspace, corpus) as decoded,
    ):
        learned = Learned.of(phrases) if phrases is not None else None
        before = skipped_before(phrases)
        planned = plan_corpus_shards(corpus, decoded, job.plan["shard_size"], parts=learned is not None)
        shards = without(planned, before.skipped)
        read_by = CorpusParameters.from_dict(corpus.parameters)
        lost = losses(read_by)
        scanned = scan(job, shards, read_by, decoded, learned, lost=lost, crossing=before.crossing)
        skipped = [*before.skipped, *skipped_shards(shards, lost)]
        sources = sources_of(corpus)
        read = total_readings(output, [block.name for block in scanned], len(sources))
        keep_counted(output, read)
        facts = choose_from(job, scanned, totals(scanned) | seen_in_bytes(read, sources), parameters, lists)
        crossing = {*before.crossing, *crossing_of_lost(output, numbers_of(lost))}
        facts |= facts_of_skipped(skipped, job.plan["shard_size"], crossing)
        if lost:
            job.note("skipped " + "; ".join(told(skipped_shards(shards, lost))))
        return job.finish(facts=facts, drop=SCAFFOLDING)


def choose_from(
    job: Job,
    scanned: Sequence[Manifest],
    read: dict[str, Any],
    parameters: VocabularyParameters,
    lists: WordLists,
) -> dict[str, Any]:
    """Merge what was scanned and write the chosen words; the facts of the vocabulary, ``read`` among them.

    Parameters
    ----------
    read
        Of what was scanned: ``used`` is the sum of all words' counts.
    """
    merged = merge(job, scanned, parameters, lists)
    require_words(merged, parameters.min_count, lists.only)
    chosen = choose(job, merged, None if lists.only else parameters.max_vocabulary)
    facts = {**chosen.facts, "distinct": total(merged, "distinct"), **read}
    facts["left_out"] = _left_out(facts, merged, parameters, lists)
    if lists.kept:
        facts["absent"] = lists.kept - total(merged, "listed")
        job.note(f"{facts['absent']:,} of {lists.kept:,} words that are to be kept are not in the text")
    if lists.only:
        facts["fixed"] = lists.fingerprint
    return facts


def readable(parameters: VocabularyParameters) -> str:
    """What a person sees of the parameters in a key."""
    most, lists = parameters.max_vocabulary, [name for name in ("keep", "stop") if getattr(parameters, name)]
    chosen = ["listed"] if parameters.vocabulary else [f"min{parameters.min_count}", *([f"max{most}"] if most else [])]
    return "-".join([*chosen, *lists])


def ingredients(parameters: VocabularyParameters, lists: WordLists) -> dict[str, Any]:
    """What the key is made from: of lists what they say, not where they lie."""
    known = {name: value for name, value in parameters.ingredients().items() if name not in parameters.LATER}
    return known | ({"lists": lists.fingerprint} if lists.fingerprint else {})


def _left_out(
    facts: dict[str, Any], merged: Sequence[Manifest], parameters: VocabularyParameters, lists: WordLists
) -> dict[str, int]:
    """The tokens whose words have no id, by the rule that says so."""
    stopped, stayed = total(merged, "stopped"), total(merged, "tokens")
    left_out = {
        "vocabulary" if lists.only else "min_count": facts["used"] - stopped - stayed,
        "max_vocabulary": stayed - facts["total"],
        "stop": stopped,
    }
    return {rule: tokens for rule, tokens in left_out.items() if tokens or getattr(parameters, rule) is not None}


def nothing_held_out(vocabulary: Output, parameters: CorpusParameters) -> str:
    """What is to be said where documents were to be held out and none was; else empty."""
    facts = vocabulary.facts
    if not parameters.held_out or facts["held_out_documents"]:
        return ""
    documents = facts["documents"] + facts["filtered_documents"]
    if documents > 1:
        many = f"of the text's {documents:,} documents ({parameters.document}) none was drawn"
        return f"Nothing is held out: {many}. Raise --held-out, or make documents shorter with --document."
    others = " or ".join(document for document in DOCUMENTS if document != parameters.document)
    return f"Nothing is held out: the text is 1 document ({parameters.document}); --document {others} makes others."
