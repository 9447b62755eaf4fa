"""Texts encoded here and now, and read back as documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Listener, silent
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.serial import SerialEngine


def encoded(
    workspace: Workspace, inputs: Sequence[str], listener: Listener = silent, shard_size: int = 1024, **options: Any
) -> Output:
    """The tokens of some inputs, each word kept."""
    engine = SerialEngine(1 << 30, shard_size)
    engine.listener = listener
    corpus = prepare_corpus(engine, workspace, inputs, CorpusParameters(**options))
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    return encode_tokens(engine, workspace, corpus, words)


def documents(workspace: Workspace, tokens: Output) -> list[list[str]]:
    """The words of each document."""
    words = load_vocabulary(workspace.output("vocabulary", tokens.facts["vocabulary"])).words
    stream = TokenStream(tokens)
    text = " ".join("\n" if id_ < 0 else words[id_] for id_ in stream.read(0, stream.length))
    return [list(filter(None, line.split(" "))) for line in text.split("\n")[:-1]]
