"""Counts from tables: symmetric, added up, to the integer, from every format; with errors that name the line."""

from __future__ import annotations

import gzip
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence import plan_merge, tables, task_table
from dsgns.cooccurrence.stage_table import name_items
from dsgns.cooccurrence.tables import TableFile
from dsgns.cooccurrence.task_table import encode_table, scan_table
from dsgns.errors import DsgnsError, TableError, VocabularyError
from dsgns.importing import take_in
from dsgns.merging import add_up, find_addends
from dsgns.parameters import VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.serial import SerialEngine
from tests.unit.cooccurrence.blocks import as_dict, whole_matrix
from tests.unit.cooccurrence.corpora import memory_workspace

ENGINE = SerialEngine(1 << 30)
NAMES = ["ant", "bee", "cat", "dog", "an-elephant-of-some-length", "fly-with-more-than-eight"]
CELLS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 9)), min_size=1, max_size=40)


def imported(workspace: Workspace, path: Path, names: str = "", **options) -> Output:
    return take_in(ENGINE, workspace, TableFile(str(path), names), VocabularyParameters(**{"min_count": 1, **options}))


def words_of(counts: Output) -> list[str]:
    return load_vocabulary(Output(counts.url, "vocabulary", counts.facts["vocabulary"])).words


def cells_of(counts: Output) -> dict[tuple[str, str], int]:
    words = words_of(counts)
    return {(words[row], words[column]): value for (row, column), value in as_dict(whole_matrix(counts)).items()}


def symmetrised(cells) -> Counter:
    expected: Counter = Counter()
    for one, other, count in cells:
        expected[one, other] += count
        expected[other, one] += count
    return +expected


def write(path: Path, cells, separator: str = "\t") -> Path:
    path.write_text("".join(f"{one}{separator}{other}{separator}{count}\n" for one, other, count in cells))
    return path


@settings(deadline=None, max_examples=25)
@given(cells=CELLS.filter(lambda cells: any(count for *_, count in cells)), most=st.none() | st.integers(1, 4))
def test_any_table_is_what_a_dictionary_makes_of_it(tmp_path_factory, cells, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "CELLS", 7)
        patch.setattr(task_table, "GATHERED", 14)
        patch.setattr(plan_merge, "BLOCK_NONZEROS", 6)
        table = write(tmp_path_factory.mktemp("table") / "cells.tsv", cells)
        counts = imported(memory_workspace(), table, max_vocabulary=most)
    expected = symmetrised(cells)
    sums = Counter({name: sum(times for (one, _), times in expected.items() if one == name) for name in NAMES})
    ranked = sorted((name for name in NAMES if sums[name]), key=lambda name: (-sums[name], name))[:most]
    assert words_of(counts) == ranked
    kept = {cell: times for cell, times in expected.items() if set(cell) <= set(ranked)}
    assert cells_of(counts) == kept
    facts = counts.facts
    assert facts["total"] == sum(kept.values())
    assert facts["cells"] + facts["cells_left_out"] == len(cells)
    assert (facts["scale"], facts["tokens"]) == (1, None)


TABLE = [("ant", "bee", 3), ("bee", "cat", 2), ("ant", "bee", 4), ("cat", "cat", 1)]


def test_every_format_says_the_same(workspace, tmp_path):
    expected = symmetrised(TABLE)
    plain = write(tmp_path / "a.tsv", TABLE)
    paths = [plain, write(tmp_path / "b.csv", [("from", "to", "times"), *TABLE], ",")]
    (tmp_path / "c.tsv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n")))
    (tmp_path / "d.csv").write_text(plain.read_text().replace("\t", ",").replace("ant", '"ant"'))
    for path in (*paths, tmp_path / "c.tsv.gz", tmp_path / "d.csv"):
        assert cells_of(imported(workspace, path)) == expected, path


def test_a_parquet_table(workspace, tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = dict(zip(("from", "to", "times"), map(list, zip(*TABLE, strict=True)), strict=True))
    parquet.write_table(arrow.table(columns), tmp_path / "cells.parquet")
    assert cells_of(imported(workspace, tmp_path / "cells.parquet")) == symmetrised(TABLE)
    parquet.write_table(arrow.table({**columns, "times": [0.5] * 4}), tmp_path / "halves.parquet")
    with pytest.raises(
        TableError, match=r"columns from \(string\), to \(string\), times \(double\); it must have three"
    ):
        imported(workspace, tmp_path / "halves.parquet")
    whole = (tmp_path / "cells.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TableError, match=r"cut.parquet cannot be read as Parquet from row 1 on"):
        imported(workspace, tmp_path / "cut.parquet")
    (tmp_path / "damaged.parquet").write_bytes(whole[:4] + b"\xff" * 30 + whole[34:])
    with pytest.raises(TableError, match=r"damaged.parquet cannot be read"):
        imported(workspace, tmp_path / "damaged.parquet")


def test_a_sparse_matrix(workspace, tmp_path):
    matrix = sp.csr_matrix(np.array([[0, 7, 0], [0, 0, 2], [0, 0, 1]]))
    sp.save_npz(tmp_path / "m.npz", matrix)
    (tmp_path / "names").write_text("ant\nbee\ncat\n")
    counts = imported(workspace, tmp_path / "m.npz", str(tmp_path / "names"))
    assert cells_of(counts) == symmetrised(TABLE)
    assert set(words_of(imported(workspace, tmp_path / "m.npz"))) == {"0", "1", "2"}
    (tmp_path / "names").write_text("ant\nbee\n")
    with pytest.raises(TableError, match=r"has 2 names, but .*m.npz has 3 rows"):
        imported(workspace, tmp_path / "m.npz", str(tmp_path / "names"))
    sp.save_npz(tmp_path / "wide.npz", matrix[:2])
    with pytest.raises(TableError, match="a matrix of 2 x 3; its rows and columns must be the same things"):
        imported(workspace, tmp_path / "wide.npz")
    sp.save_npz(tmp_path / "halves.npz", matrix / 2)
    with pytest.raises(TableError, match="holds fractions"):
        imported(workspace, tmp_path / "halves.npz")
    (tmp_path / "none.npz").write_text("no matrix")
    with pytest.raises(TableError, match="is no sparse matrix"):
        imported(workspace, tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\tb\t1\nc\td\n", r"Line 2 of .*t.tsv has 2 fields; a cell is two names and a count, parted by tabs"),
        (b"a\tb\t1\nnew york\tb\t1\n", r"Line 2 of .*t.tsv has the name 'new york'; names must"),
        (b"a\tb\t1\n\tb\t1\n", r"Line 2 of .*t.tsv has the name ''"),
        (b"a\tb\t1\na\tb\tmany\n", r"Line 2 of .*t.tsv has the count 'many'; it must be a whole number"),
        (b"a\tb\t-1\n", r"Line 1 of .*t.tsv has the count '-1'"),
        (b"a\tb\t0.5\na\tb\t0.5\n", r"Line 1 of .*t.tsv has the count '0.5'"),
        (b"a\tb\t1,000\na\tb\t1\n", r"Line 1 of .*t.tsv has the count '1,000'"),
        (b"a\tb\t\na\tb\t1\n", r"Line 1 of .*t.tsv has the count ''"),
        (b"a\tb\t99999999999999\n", r"Line 1 of .*t.tsv has the count '99999999999999'"),
        (b"a\tb\t0\n", r"t.tsv has no cell with a count above 0"),
        (b"", r"t.tsv has no cell"),
        (b"a\tb\t1\na\t\xff\t1\n", r"Line 2 of .*t.tsv is no UTF-8"),
        (b"a\tb\t1\nnew\ryork\tb\t1\n", r"Line 2 of .*t.tsv has the name 'new\\ryork'"),
        (b"a\tb\t1\na\t" + b"b" * (1 << 17) + b"\t1\n", r"Line 2 of .*t.tsv is longer than 131,072 bytes"),
    ],
)
def test_tables_that_are_none(workspace, tmp_path, content, message):
    (tmp_path / "t.tsv").write_bytes(content)
    with pytest.raises(TableError, match=message):
        imported(workspace, tmp_path / "t.tsv")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"a,b,1\nnew\ryork,b,1\n", r"Line 2 of .*t.csv cannot be parted by commas"),
        ("t.csv", b'a,b,1\n"' + b"long\n" * 40_000, r"Line 2\d+ of .*t.csv cannot be parted by commas .*limit"),
        ("t.csv", b"a" * (5 << 20), r"Line 1 of .*t.csv is longer than"),
        ("t.npz", b"", r"t.npz is no sparse matrix"),
        ("t.npz", b"PK\3\4 and no more", r"t.npz is no sparse matrix"),
    ],
)
def test_files_that_are_no_tables(workspace, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message):
        imported(workspace, tmp_path / name)


def test_a_first_line_is_a_heading_only_if_it_has_no_number(workspace, tmp_path):
    (tmp_path / "plus.tsv").write_text("ant\tbee\t+5\nbee\tcat\t2\n")
    assert cells_of(imported(workspace, tmp_path / "plus.tsv")) == symmetrised([("ant", "bee", 5), ("bee", "cat", 2)])
    (tmp_path / "named.tsv").write_text("from\tto\ttimes\nbee\tcat\t2\n")
    assert cells_of(imported(workspace, tmp_path / "named.tsv")) == symmetrised([("bee", "cat", 2)])


def test_progress_is_what_there_is(workspace, tmp_path, monkeypatch):
    """Each of the two times a table is read, its cells are told of once."""
    told = []
    monkeypatch.setattr(tables, "CELLS", 7)
    monkeypatch.setattr(task_table, "GATHERED", 14)
    monkeypatch.setattr(task_table.progress, "advance", told.append)
    table = write(tmp_path / "t.tsv", [(*pair, 1) for pair in pairwise(NAMES * 8)])
    output = memory_workspace().output("vocabulary", "k")
    scan_table(output, "scan/00000", TableFile(str(table)))
    assert sum(told) == len(NAMES) * 8 - 1
    vocabulary = name_items(ENGINE, workspace, TableFile(str(table)), VocabularyParameters(min_count=1))
    told.clear()
    encode_table(output, "degrees", TableFile(str(table)), vocabulary)
    assert told == [14, 14, 14, 5]


def test_what_is_not_there(workspace, tmp_path):
    with pytest.raises(TableError, match=r"nosuch.tsv cannot be read \(No such file"):
        imported(workspace, tmp_path / "nosuch.tsv")
    for name in ("gone.tsv", "gone.npz"):
        with pytest.raises(TableError, match=rf"{name} cannot be read \(No such file"):
            next(TableFile(str(tmp_path / name)).chunks())
    with pytest.raises(VocabularyError, match="min_count is 99"):
        imported(workspace, write(tmp_path / "t.tsv", TABLE), min_count=99)


def test_tables_add_up(workspace, tmp_path):
    places = []
    for name, part in (("a", TABLE[:2]), ("b", TABLE[2:])):
        place = Workspace.create(str(tmp_path / name))
        imported(place, write(tmp_path / f"{name}.tsv", part))
        places.append(place.url)
    made = add_up(ENGINE, workspace, find_addends(places))
    assert cells_of(made) == symmetrised(TABLE)
    assert made.facts["losses"] == []
    less = add_up(ENGINE, workspace, find_addends([made.url], places[1:]))
    assert cells_of(less) == symmetrised(TABLE[:2])


def test_a_table_that_changes_while_it_is_read(workspace, tmp_path, monkeypatch):
    table = write(tmp_path / "t.tsv", TABLE)
    stat = table.stat()

    class Changing(SerialEngine):
        """Adds a cell once the names are counted."""

        def run(self, label, function, items, lost=None):
            if label == "counts: read":
                write(table, [*TABLE, ("ant", "cat", 1)])
            return super().run(label, function, items, lost)

    with pytest.raises(DsgnsError, match="has changed while it was read"):
        take_in(Changing(1 << 30), workspace, TableFile(str(table)), VocabularyParameters(min_count=1))
    assert stat.st_size < table.stat().st_size
