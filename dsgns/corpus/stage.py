"""The corpus: which sources it is made of, and their text made readable for the stages that need it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np

from dsgns.corpus.decode import decode_volume, volumes_of, write_lost
from dsgns.corpus.forms import FORMS, compile_readers, find_text, require_records, split_sources, total_account
from dsgns.corpus.ledger import ledger_of
from dsgns.corpus.marks import marks, unseen
from dsgns.corpus.plan import projected_decode, projected_validate
from dsgns.corpus.serial import read_serially
from dsgns.corpus.shards import Shard, plan_shards, projected_ledgers
from dsgns.corpus.skipping import losses, skipped_sources
from dsgns.corpus.sources import Source, fingerprint, misnamed, require_unchanged
from dsgns.corpus.stage_again import Read, as_now, keep_contents, known_again, known_by
from dsgns.corpus.texts import Place
from dsgns.corpus.tokenizers import tokenizer_state
from dsgns.corpus.validate import Crossing, Invalid, crossing_of, find_invalid, invalid_in
from dsgns.engine import Engine, Event, Job, Workers
from dsgns.parameters import CorpusParameters
from dsgns.store import Output, Workspace, key_of

VERSION = 1


def prepare_corpus(engine: Engine, workspace: Workspace, inputs: Sequence[str], parameters: CorpusParameters) -> Output:
    """The corpus that the inputs make up: a list of sources. No text is read yet.

    Parameters
    ----------
    inputs
        Files, directories, globs or fsspec URLs.

    Raises
    ------
    SourceNotFoundError, EmptyCorpusError, CorpusError
        If an input names nothing, holds nothing, or is no text.
    TokenizerError
        If the tokenizer cannot be loaded.
    MissingExtraError
        If it needs a package that is not installed.
    ClusterError
        If a worker sees other files.
    """
    sources = find_text(inputs, parameters)
    engine.require_everywhere(unseen, marks(sources))
    if plain := misnamed(sources):
        engine.listener(Event("note", "corpus", text=plain))
    tokenizer = tokenizer_state(parameters)
    state = fingerprint(sources, tokenizer)
    readable = f"{parameters.document}-{re.split('[:/]', parameters.tokenizer)[-1].removesuffix('.json')}"
    corpus = workspace.output("corpus", key_of(readable, VERSION, text=state, parameters=parameters.ingredients()))
    read: Read = {}
    if corpus.complete:
        known_by(corpus, sources)
    else:
        corpus = _known_again(engine, workspace, sources, tokenizer, parameters, read) or corpus
    if engine.reuse(corpus):
        return corpus
    parts = sources if parameters.document == "file" else split_sources(sources, parameters)
    plan = {"sources": [asdict(part) for part in parts]}
    with engine.produce(corpus, parameters=parameters.to_dict(), inputs={}, plan=lambda: plan) as job:
        for text in read_serially(parts) if parameters.document != "file" else ():
            job.note(text)
        size = sum(source.size for source in sources)
        keep_contents(engine, corpus, sources, read)
        return job.finish(facts={"files": len(sources), "bytes": size, "tokenizer": tokenizer})


def _known_again(
    engine: Engine,
    workspace: Workspace,
    sources: Sequence[Source],
    tokenizer: str,
    parameters: CorpusParameters,
    read: Read,
) -> Output | None:
    """The corpus of the same files, holding the same; told is what is other in the newest that does not."""
    files, told = {(source.url, source.compression, source.form) for source in sources}, ""
    for corpus in workspace.results("corpus"):
        before = sources_of(corpus)
        same = {(source.url, source.compression, source.form) for source in before} == files
        how = CorpusParameters.from_dict(corpus.parameters).ingredients(), corpus.facts.get("tokenizer")
        if same and how == (parameters.ingredients(), tokenizer):
            other = known_again(engine, corpus, before, sources, read)
            if other is None:
                return corpus
            told = told or other
    if told:
        engine.listener(Event("note", "corpus", text=told))
    return None


def sources_of(corpus: Output) -> list[Source]:
    """The sources of a prepared corpus, in order; one that was cut is several."""
    return as_now(corpus, [_source(dict(source)) for source in (corpus.plan or {})["sources"]])


def _source(known: dict[str, Any]) -> Source:
    # Exports were the only form once, and had a field of their own.
    if known.pop("export", False):
        known["form"] = "export"
    return Source(**known)


@contextmanager
def decoded_text(engine: Engine, workspace: Workspace, corpus: Output) -> Iterator[Output | None]:
    """The output that holds the text of sources that are no plain text; None when there are none.

    It is made if it is not there, and no other run may make it or throw it away while the block runs.

    Raises
    ------
    CorpusError
        If a file was changed since the corpus was prepared.
    """
    sources = sources_of(corpus)
    require_unchanged(sources)
    volumes = volumes_of(sources)
    if not volumes:
        yield None
        return
    parameters = CorpusParameters.from_dict(corpus.parameters)
    text = workspace.output("text", corpus.key)
    complete = engine.reuse(text)
    with engine.produce(text, parameters=corpus.parameters, inputs={"corpus": corpus.key}) as job:
        if not complete:
            remove_incomplete(engine, text, "streams")
            forms = {source.form for source in sources}
            compile_readers(forms)  # Here that is not held against the memory of workers.
            lost = losses(parameters)
            members = {f"streams/{number:05d}": volume for number, volume in enumerate(volumes)}
            manifests = job.run(
                "text: decode",
                decode_volume,
                {
                    name: (text, name, number, tuple(sources[position] for position in volume), parameters)
                    for number, (name, volume) in enumerate(members.items())
                },
                projected_bytes=projected_decode(forms),
                unit="bytes",
                weights={name: sum(sources[position].size for position in volume) for name, volume in members.items()},
                places={name: _places([sources[position] for position in volume]) for name, volume in members.items()},
                lost=lost,
            )
            for name, why in (lost or {}).items():
                manifests[name] = write_lost(text, name, [sources[position] for position in members[name]], why)
            skipped = skipped_sources([manifests[name] for name in members], volumes)
            facts = [manifest.facts for manifest in manifests.values()]
            account = total_account(facts)
            require_records(account, parameters, "that were read")
            job.finish(facts={"bytes": sum(fact["bytes"] for fact in facts), **account, "skipped": skipped})
        yield text


def plan_corpus_shards(corpus: Output, decoded: Output | None, shard_size: int, parts: bool = False) -> list[Shard]:
    """The corpus in shards of about ``shard_size`` bytes of text; ``parts`` as for :func:`plan_shards`."""
    sources = sources_of(corpus)
    places = [Place(source.url, source.size) for source in sources]
    if decoded is not None:
        for number, volume in enumerate(volumes_of(sources)):
            sizes = decoded.read(f"streams/{number:05d}")["sizes"]
            bases = np.cumsum(sizes) - sizes
            for position, size, base in zip(volume, sizes.tolist(), bases.tolist(), strict=True):
                places[position] = Place(sources[position].url, size, number, base)
    return plan_shards(places, decoded, shard_size, CorpusParameters.from_dict(corpus.parameters), parts)


def _places(sources: Sequence[Source]) -> str:
    """Some sources, as a person is told them: the first and the last."""
    return sources[0].url if len(sources) == 1 else f"{sources[0].url}, and {len(sources) - 1} more"


def forms_of(sources: Sequence[Source], decoded: Output | None) -> dict[str, np.ndarray]:
    """Of each source the ``sizes`` of its text, and what became of its ``pages`` and ``records``; int64, a row each."""
    found = {name: np.zeros((len(sources), len(names)), np.int64) for name, names in FORMS.items()}
    found["sizes"] = np.array([source.size for source in sources], np.int64)
    for number, volume in enumerate(volumes_of(sources) if decoded is not None else []):
        block = decoded.read(f"streams/{number:05d}") if decoded is not None else {}
        for name in found.keys() & block.keys():
            found[name][volume] = block[name]
    return found


def find_invalid_documents(
    job: Job,
    shards: Sequence[Shard],
    parameters: CorpusParameters,
    decoded: Output | None,
    lost: dict[str, str] | None = None,
    gone: Collection[int] = (),
    crossing: Crossing = (),
) -> list[Invalid | None]:
    """The documents to filter from each shard; none unless ``errors="skip"``. Blocks go below ``invalid``.

    Parameters
    ----------
    lost
        Where it is given, what is wrong with blocks that cannot be made is put here, in place of an error.
    gone
        Numbers of shards that are not looked at, for they were lost before.
    crossing
        Documents with bad bytes in shards that are not among these, and that may reach into them.
    """
    if parameters.errors != "skip":
        return [None] * len(shards)
    names = [f"invalid/{number:05d}" for number in range(len(shards))]
    output = job.output
    there = {name: shard for number, (name, shard) in enumerate(zip(names, shards, strict=True)) if number not in gone}
    found = job.run(
        f"{output.stage}: validate",
        find_invalid,
        {name: (output, name, shard, parameters, decoded) for name, shard in there.items()},
        projected_bytes=projected_validate(max(shard.size for shard in shards)) + projected_ledgers(shards),
        unit="bytes",
        weights={name: shard.size for name, shard in there.items()},
        places={name: shard.where for name, shard in there.items()},
        lost=lost,
    )
    reaching = {*crossing_of(found.values()), *crossing, *crossing_of_lost(output, gone)}
    return [invalid_in(shard, name, reaching) for name, shard in zip(names, shards, strict=True)]


def crossing_of_lost(output: Output, lost: Collection[int]) -> Crossing:
    """Bad documents that may reach into others, of shards by these numbers, which were lost after they were seen."""
    blocks = (output.manifest(f"invalid/{number:05d}") for number in lost)
    return crossing_of(block for block in blocks if block is not None)


def remove_incomplete(engine: Workers, output: Output, prefix: str, ledgers: bool = False) -> None:
    """Delete the blocks below ``prefix`` of whose ``parts``, named in their facts, some are missing or damaged.

    Parameters
    ----------
    ledgers
        Whether a ledger beside each is a part as well.
    """
    parts = {
        name: {*manifest.facts.get("parts", []), *([ledger_of(name)] if ledgers else [])}
        for name, manifest in output.manifests(prefix).items()
    }
    sound = engine.sound(output, sorted(set().union(*parts.values()))).keys()
    for name, needed in parts.items():
        if not needed <= sound:
            output.remove(name)
