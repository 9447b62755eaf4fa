"""``dsgns export``: vectors in files that other tools read."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import click

from dsgns.cli.options import CONTEXT, EXPONENT, KEY, POST, Command
from dsgns.cli.roads import load_roads
from dsgns.cli.vector_files import told_of
from dsgns.errors import MissingOutputError, ParameterError
from dsgns.vectors.files.formats import FORMATS

if TYPE_CHECKING:
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["file"], type=click.Path(dir_okay=False)),
        click.Option(
            ["--vectors"], type=click.Choice(["svd", "sgns", "ppmi", "phrases"]), required=True, help="Which."
        ),
        click.Option(["--format", "form"], type=click.Choice(list(FORMATS)), help="[default: what FILE's ending says]"),
        EXPONENT,
        CONTEXT,
        POST,
        KEY,
    ],
)
def export(
    workspace: str, file: str, vectors: str, form: str | None, p: float, context: str, post: str, key: str | None
) -> None:
    """Write the vectors of one road to FILE, or the phrases that were learned.

    \b
    word2vec         text, a word and its numbers on each line  (.txt, .vec)
    word2vec-binary  the same in a third of the room            (.bin)
    glove            text without word2vec's first line
    safetensors      memory-mapped; words in FILE.json          (.safetensors)
    npy              NumPy's, likewise                          (.npy)
    parquet, arrow   columns word, count, vector                (.parquet, .arrow)
    projector        TensorBoard's two tables                   (.tsv)
    anndata          also for the sparse ppmi matrix            (.h5ad)

    Phrases are a table of tab-separated values: phrase, first, second, count, score, pass.

    The first three may be compressed: .gz, .bz2, .xz, .zst. FILE takes its name once it is complete.

    \b
        dsgns export wiki.dsgns vectors.txt.gz --vectors svd --p 0.5
        dsgns export wiki.dsgns vectors.safetensors --vectors sgns
        dsgns export wiki.dsgns ppmi.h5ad --vectors ppmi
        dsgns export wiki.dsgns phrases.tsv --vectors phrases
    """
    if vectors == "phrases":
        with told_of(file):
            click.echo(f"{file}: {_write_phrases(workspace, file, key):,} phrases")
        return
    chosen = load_roads(workspace, vectors, p, context, key, post)[vectors]
    with told_of(file):
        _write(chosen, file, form)
    click.echo(f"{file}: {len(chosen):,} words x {chosen.vector_size:,}")


def _write(chosen: WordVectors | SparseVectors, file: str, form: str | None) -> None:
    from dsgns.vectors.files.anndata_file import save_sparse_anndata
    from dsgns.vectors.sparse import SparseVectors

    if not isinstance(chosen, SparseVectors):
        chosen.save(file, form)
    elif form not in (None, "anndata"):
        raise ParameterError(f"--format is {form}; the sparse ppmi matrix is written as anndata only.")
    else:
        save_sparse_anndata(file, chosen, chosen.matrix)


def _write_phrases(workspace: str, file: str, key: str | None) -> int:
    from dsgns.phrases.table import load_phrases
    from dsgns.store import Workspace
    from dsgns.vectors.files.whole_file import whole_file

    opened = Workspace.open(workspace)
    learned = [opened.named(key, ["phrases"])] if key else opened.results("phrases")
    if not learned:
        raise MissingOutputError(
            f"{workspace} has no phrases; `--phrases 1` learns some, with any command that reads text."
        )
    phrases = load_phrases(learned[0])
    with whole_file(file) as partial, partial.open("w", encoding="utf-8") as out:
        out.write("phrase\tfirst\tsecond\tcount\tscore\tpass\n")
        out.writelines("\t".join(map(str, astuple(phrase))) + "\n" for phrase in phrases)
    return len(phrases)
