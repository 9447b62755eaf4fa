"""What a workspace holds: stages, what each result was made from, its figures, and where every token went."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from dsgns.choosing import choose
from dsgns.errors import MissingOutputError
from dsgns.lineage import CHAIN, newest_chain, text_of
from dsgns.sgns.subsampled import subsampled_by_file
from dsgns.store import Output, Workspace
from dsgns.store.workspace import STAGES
from dsgns.tokens.account import files_of


def status(workspace: Workspace, files: bool = False) -> dict[str, Any]:
    """Everything there, JSON-able.

    Parameters
    ----------
    files
        Also tell of each file of the last encoded corpus what became of it.

    Returns
    -------
    dict
        ``workspace``; ``conservation``, of the last encoded corpus: ``tokens_read`` is the sum of ``used``,
        ``out_of_vocabulary``, ``filtered`` and ``held_out``; ``left_out``, those out of vocabulary by the rule that
        says so; ``account``, of the same, added up over the files: numbers by the names of
        :data:`dsgns.tokens.account.ACCOUNT`, and as ``bad`` the bytes of each kind that is no text, with the first few
        places; ``files``, if asked for, those numbers of each, and where
        that is known as ``subsampled`` what its epochs left out; ``skipped``, of the same, under ``skip_bad_shards``:
        what was left out, by ``file`` and bytes, and ``why``; ``subsampled``: how many tokens the draws of the newest
        ``sgns`` made of them left out in all its ``epochs``, counted, of how many; ``pages``, of the same, where it is
        made of dumps: those read are the sum of those ``kept`` and those left out, by reason; ``records``, the same of
        those that JSON lines hold; ``phrases``, of the last vocabulary: how many ``phrases`` each pass found, and
        ``examples``, the most frequent ones; ``repairs``: ``invalid_bytes`` and ``nul_bytes`` that were in its text,
        and where the first of each stood; ``stages``: a list with ``stage``,
        ``key``, ``state`` (complete or unfinished), ``blocks``, ``seconds``, ``peak_bytes``, ``projected_bytes``, in
        bytes per worker, ``inputs`` (the keys of what it was made from, by stage), ``latest`` (whether it is the one
        that is meant where no key is named), ``aside`` (what it was made for, where it is set aside: not meant unless
        it is named; else empty), and the stage's own ``facts`` and ``parameters``; for a corpus, and a
        vocabulary that was made from none, also ``text``: what it is made of in a few words.
    """
    outputs = {stage: [workspace.output(stage, key) for key in workspace.keys(stage)] for stage in STAGES}
    latest = {stage: _latest(workspace, stage) for stage in STAGES}
    tokens = latest["tokens"]
    latest |= dict.fromkeys(CHAIN) | newest_chain(workspace)
    with suppress(MissingOutputError):
        latest |= choose(workspace).outputs
    return {
        "workspace": workspace.url,
        "conservation": tokens.facts["conservation"] if tokens else None,
        "left_out": tokens.facts.get("left_out") if tokens else None,
        "account": tokens.facts.get("account") if tokens else None,
        **({"files": _files(tokens, outputs["sgns"]) if tokens else []} if files else {}),
        "skipped": tokens.facts.get("skipped") if tokens else None,
        "subsampled": _subsampled(tokens, outputs["sgns"]) if tokens else None,
        "pages": tokens.facts.get("pages") if tokens else None,
        "records": tokens.facts.get("records") if tokens else None,
        "phrases": _phrases(workspace, latest["vocabulary"]),
        "repairs": {name: tokens.facts[name] for name in _REPAIRS} if tokens else None,
        "stages": [
            describe(output) | {"latest": output == latest[stage]} for stage in STAGES for output in outputs[stage]
        ],
    }


def _latest(workspace: Workspace, stage: str) -> Output | None:
    try:
        return workspace.latest(stage)
    except MissingOutputError:
        return None


def _phrases(workspace: Workspace, vocabulary: Output | None) -> dict[str, Any] | None:
    key = vocabulary.inputs.get("phrases") if vocabulary else None
    learned = workspace.output("phrases", key) if key else None
    return {name: learned.facts[name] for name in ("phrases", "examples")} if learned and learned.complete else None


def _trained_last(tokens: Output, trained: list[Output]) -> Output | None:
    """The training of some tokens that was finished last."""
    made = [output for output in trained if output.complete and output.inputs.get("tokens") == tokens.key]
    whole = [output for output in made if "trained_tokens" not in output.facts]
    return max(whole, key=lambda output: output.record["finished"], default=None)


def _files(tokens: Output, trained: list[Output]) -> list[dict[str, Any]]:
    """What became of each file."""
    files, last = list(files_of(tokens)), _trained_last(tokens, trained)
    told = subsampled_by_file(last, len(files)) if last is not None else None
    for file, number in zip(files, () if told is None else told.tolist(), strict=told is not None):
        file["subsampled"] = number
    return files


def _subsampled(tokens: Output, trained: list[Output]) -> dict[str, Any] | None:
    """What subsampling left out of some tokens, in the training of them that was finished last."""
    last = _trained_last(tokens, trained)
    if last is None:
        return None
    epochs = last.parameters["epochs"]
    return {
        "sgns": last.key,
        "epochs": epochs,
        "tokens": last.facts["subsampled"],
        "of": epochs * tokens.facts["tokens"],
    }


def describe(output: Output) -> dict[str, Any]:
    """What is known of one output, complete or not; JSON-able."""
    known: dict[str, Any] = {"stage": output.stage, "key": output.key, "inputs": output.inputs}
    known["aside"] = output.aside_for
    if output.stage == "corpus" or (output.complete and "text" in output.facts):
        known["text"] = text_of(output)
    if not output.complete:
        return known | {"state": "unfinished", "blocks": len(output.manifests())} | dict.fromkeys(_FIGURES)
    record = output.record
    figures = list(record["figures"].values())
    return known | {
        "state": "complete",
        "blocks": len(record["blocks"]),
        "seconds": round(sum(step["seconds"] for step in figures), 3),
        "peak_bytes": max((step["peak_bytes"] for step in figures), default=0),
        "projected_bytes": max((step["projected_bytes"] for step in figures), default=0),
        "steps": record["figures"],
        "parameters": record["parameters"],
        "facts": record["facts"],
    }


_REPAIRS = ("invalid_bytes", "first_invalid", "nul_bytes", "first_nul")
_FIGURES = ("seconds", "peak_bytes", "projected_bytes")
