"""From text to finished counts on disk: vocabulary, ids and co-occurrences together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import prepare_corpus
from dsgns.parameters import CorpusParameters, CountsParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, one_worker
from tests.benchmarks.glove import COOCCUR, as_records, require_equal_records
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
WINDOWS = (5, 10)
LEAST = VocabularyParameters().min_count


def contests(desk: Desk) -> Iterator[Contest]:
    """Four of our stages against two of GloVe's programs."""
    number = desk.tokens(TOKENS)
    path, tokens = desk.text(number), desk.encoded(number).tokens.facts["conservation"]["tokens_read"]
    for window in WINDOWS:
        counting = COOCCUR.format(words="words.txt", window=window, text=path)
        line = f"{{vocab_count}} -min-count {LEAST} -verbose 0 < {path} > words.txt && {counting}"
        name = "GloVe vocab_count + cooccur"
        glove = desk.peers.command("glove", name, line, desk.folder / "glove-text", found=as_records)
        ours = Way("dsgns", "dsgns", stages, (desk.folder / "text.dsgns", path, CountsParameters(window=window)))
        what = f"text to CSR on disk, {tokens / 1e6:.3g}M tokens, window {window}"
        yield Contest("text", what, tokens, ours, [Rival(glove, require_equal_records)])


def stages(folder: Path, path: Path, parameters: CountsParameters) -> Trial:
    """Our stages in a new workspace."""
    engine = one_worker()

    def run() -> Output:
        workspace = Workspace.create(str(folder))
        corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())
        vocabulary = build_vocabulary(engine, workspace, corpus, VocabularyParameters())
        tokens = encode_tokens(engine, workspace, corpus, vocabulary)
        return count_cooccurrences(engine, workspace, tokens, parameters)

    return Trial(run, lambda: shutil.rmtree(folder, ignore_errors=True))
