"""From text to words and their counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, one_worker
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
LEAST = VocabularyParameters().min_count


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage, up to the sorted vocabulary on disk."""
    path, peers = desk.text(desk.tokens(TOKENS)), desk.peers
    workspace = Workspace.create(str(desk.folder / "vocabulary.dsgns"))
    corpus = prepare_corpus(one_worker(), workspace, [str(path)], CorpusParameters())
    tokens = build_vocabulary(one_worker(), workspace, corpus, VocabularyParameters()).facts["tokens_read"]
    gensim = (
        Way("gensim", f"gensim scan_vocab, {source}", gensim_scan, (str(path), source))
        for source in ("corpus_file", "Text8Corpus")
    )
    line = f"{{vocab_count}} -min-count {LEAST} -verbose 0 < {path} > words.txt"
    glove = peers.command("glove", "GloVe vocab_count", line, desk.folder / "glove-vocabulary", found=read_words)
    line = f"{{word2vec}} -train {path} -min-count {LEAST} -save-vocab words.txt"
    word2vec = peers.command("word2vec", "word2vec -save-vocab", line, desk.folder / "word2vec", found=read_words)
    rivals = [*map(peers.way, gensim), glove, word2vec]
    yield Contest(
        "vocabulary",
        f"text to vocabulary, {tokens / 1e6:.3g}M tokens",
        tokens,
        Way("dsgns", "dsgns", stage, (workspace, corpus)),
        [Rival(way, require_equal) for way in rivals],
    )


def stage(workspace: Workspace, corpus: Output) -> Trial:
    """Our stage."""
    engine = one_worker()

    def run() -> Output:
        return build_vocabulary(engine, workspace, corpus, VocabularyParameters())

    def found(output: Output) -> dict[str, int]:
        vocabulary = load_vocabulary(output)
        return dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))

    output = run()
    return Trial(run, lambda: output.remove(""), found)


def gensim_scan(path: str, source: str) -> Trial:
    """Either way in which gensim reads a file."""
    from gensim.models.word2vec import Text8Corpus, Word2Vec

    def run() -> dict[str, int]:
        model = Word2Vec()
        if source == "corpus_file":
            model.scan_vocab(corpus_file=path)
        else:
            model.scan_vocab(corpus_iterable=Text8Corpus(path))
        return model.raw_vocab

    return Trial(run)


def read_words(folder: Path) -> dict[str, int]:
    """Words and counts from lines."""
    lines = (line.split() for line in (folder / "words.txt").read_text(encoding="utf-8").splitlines())
    return {word: int(count) for word, count in lines if word != "</s>"}


def require_equal(ours: dict[str, int], theirs: dict[str, int]) -> str:
    """Every word that occurs often enough, and how often."""
    assert {word: count for word, count in theirs.items() if count >= LEAST} == ours
    return f"{len(ours):,} words, counts equal"
