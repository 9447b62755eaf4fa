"""``dsgns export``: vectors in files that other tools read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsgns.cli.options import CONTEXT, EXPONENT, KEY, Command
from dsgns.cli.roads import load_roads
from dsgns.errors import ParameterError, VectorFileError

if TYPE_CHECKING:
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors

FORMATS = ("word2vec", "word2vec-binary", "anndata")


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["file"], type=click.Path(dir_okay=False)),
        click.Option(["--vectors"], type=click.Choice(["svd", "sgns", "ppmi"]), required=True, help="Which vectors."),
        click.Option(["--format", "form"], type=click.Choice(FORMATS), help="[default: what FILE's ending says]"),
        EXPONENT,
        CONTEXT,
        KEY,
    ],
)
def export(workspace: str, file: str, vectors: str, form: str | None, p: float, context: str, key: str | None) -> None:
    """Write the vectors of one road to FILE.

    word2vec is text, a word and its numbers on each line; gensim and most other tools read it. word2vec-binary
    (.bin) is the same in less room. anndata (.h5ad) also holds the words' counts, and is the one for the sparse
    ppmi matrix. .gz, .bz2, .xz and .zst are compressed.

    \b
        dsgns export wiki.dsgns vectors.txt.gz --vectors svd --p 0.5
        dsgns export wiki.dsgns vectors.bin --vectors sgns
        dsgns export wiki.dsgns ppmi.h5ad --vectors ppmi
    """
    chosen = load_roads(workspace, vectors, p, context, key)[vectors]
    try:
        _write(chosen, file, form or ("anndata" if vectors == "ppmi" else _by_ending(file)))
    except OSError as error:
        raise VectorFileError(f"{file} cannot be written ({error.strerror or error}); choose another place.") from error
    click.echo(f"{file}: {len(chosen):,} words x {chosen.vector_size:,}")


def _by_ending(file: str) -> str:
    """The format whose files are called so: text, where the ending says nothing."""
    endings = Path(file).suffixes
    return "anndata" if ".h5ad" in endings[-1:] else "word2vec-binary" if ".bin" in endings[-2:] else "word2vec"


def _write(chosen: WordVectors | SparseVectors, file: str, form: str) -> None:
    from dsgns.vectors.anndata_file import save_anndata, save_sparse_anndata
    from dsgns.vectors.sparse import SparseVectors

    if isinstance(chosen, SparseVectors):
        if form != "anndata":
            raise ParameterError(f"--format is {form}; the sparse ppmi matrix is written as anndata only.")
        save_sparse_anndata(file, chosen, chosen.matrix)
    elif form == "anndata":
        save_anndata(file, chosen)
    else:
        chosen.save_word2vec_format(file, binary=form == "word2vec-binary")
