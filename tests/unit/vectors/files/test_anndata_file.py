"""AnnData files: what anndata reads is what was there."""

from __future__ import annotations

import sys

import anndata
import numpy as np
import pytest

from dsgns.errors import MissingExtraError, ParameterError, VectorFileError
from dsgns.vectors.csr_rows import CSRRows
from dsgns.vectors.files.anndata_file import save_sparse_anndata
from dsgns.vectors.words import WordVectors


def test_dense_vectors(vectors, tmp_path):
    vectors.save(tmp_path / "vectors.h5ad")
    read = anndata.read_h5ad(tmp_path / "vectors.h5ad")
    np.testing.assert_array_equal(read.X, vectors.vectors)
    assert list(read.obs_names) == vectors.index_to_key
    assert list(read.obs["count"]) == vectors.counts.tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.h5ad"]


def test_a_sparse_matrix(vectors, ppmi, dense_matrix, tmp_path):
    save_sparse_anndata(tmp_path / "ppmi.h5ad", vectors, CSRRows(ppmi))
    read = anndata.read_h5ad(tmp_path / "ppmi.h5ad")
    assert read.X.format == "csr"
    np.testing.assert_array_equal(read.X.toarray(), dense_matrix)
    assert list(read.obs_names) == list(read.var_names) == vectors.index_to_key


def test_the_extra_is_asked_for_when_it_is_missing(vectors, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[anndata\]'`, in the folder"):
        vectors.save(tmp_path / "vectors.h5ad")


def test_a_sparse_matrix_is_no_vectors(vectors, ppmi, tmp_path):
    save_sparse_anndata(tmp_path / "ppmi.h5ad", vectors, CSRRows(ppmi))
    with pytest.raises(VectorFileError, match=r"ppmi\.h5ad holds a csr_matrix"):
        WordVectors.load(tmp_path / "ppmi.h5ad")
    (tmp_path / "text.h5ad").write_text("no such thing")
    with pytest.raises(VectorFileError, match=r"text\.h5ad cannot be read"):
        WordVectors.load(tmp_path / "text.h5ad")


def test_another_ending_is_refused(vectors, tmp_path):
    with pytest.raises(ParameterError, match=r"vectors.csv.*\.h5ad"):
        vectors.save(tmp_path / "vectors.csv", "anndata")
