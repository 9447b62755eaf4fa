"""From text to words and their counts, beside gensim's scan."""

from __future__ import annotations

from collections.abc import Iterator

from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest
from tests.benchmarks.desk import Desk

TOKENS = 20_000_000


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage, up to the sorted vocabulary on disk, against both ways gensim reads a file."""
    from gensim.models.word2vec import Text8Corpus, Word2Vec

    path = str(desk.text(desk.within(TOKENS)))
    workspace = Workspace.create(str(desk.folder / "vocabulary.dsgns"))
    corpus = prepare_corpus(desk.engine, workspace, [path], CorpusParameters())

    def ours() -> Output:
        return build_vocabulary(desk.engine, workspace, corpus, VocabularyParameters())

    def scan(**source: object) -> dict[str, int]:
        model = Word2Vec()
        model.scan_vocab(**source)
        return model.raw_vocab

    output = ours()
    peers = {
        "gensim scan_vocab, Text8Corpus": lambda: scan(corpus_iterable=Text8Corpus(path)),
        "gensim scan_vocab, corpus_file": lambda: scan(corpus_file=path),
    }
    tokens = output.facts["tokens_read"]
    for against, peer in peers.items():
        what = f"text to vocabulary, {tokens / 1e6:.3g}M tokens"
        yield Contest("vocabulary", what, against, tokens, ours, peer, require_equal, lambda: output.remove(""))


def require_equal(ours: Output, peer: dict[str, int]) -> str:
    """Every word that occurs often enough, and how often."""
    found = load_vocabulary(ours)
    least = VocabularyParameters().min_count
    frequent = {word: count for word, count in peer.items() if count >= least}
    assert dict(zip(found.words, found.counts.tolist(), strict=True)) == frequent
    return f"{found.size:,} words, counts equal"
