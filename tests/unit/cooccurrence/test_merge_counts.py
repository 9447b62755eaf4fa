"""Counts added up and taken away are those of the joined text, to the integer."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence import plan, plan_merge
from dsgns.cooccurrence.addends import Addend
from dsgns.cooccurrence.kernels_rows import MappedRows
from dsgns.cooccurrence.spill import RowBlock, Segment, SpillRecord
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.cooccurrence.stage_merge import merge_counts
from dsgns.cooccurrence.task_reduce import reduce_block
from dsgns.cooccurrence.task_rows import encoded
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import CorruptBlockError, MergeError
from dsgns.merging import add_up, find_addends
from dsgns.parameters import CorpusParameters, CountsParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.stage_unite import unite_vocabularies
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine
from tests.unit.cooccurrence.blocks import as_dict, whole_matrix
from tests.unit.cooccurrence.corpora import memory_workspace

LINES = zipf_lines(30_000, types=700)
ENGINE = SerialEngine(1 << 30)


def counted(
    folder: Path,
    name: str,
    lines: list[str],
    min_count: int = 1,
    window: CountsParameters | None = None,
    words: str | None = None,
) -> Output:
    """The counts of some lines, in a workspace of their own."""
    workspace = Workspace.create(str(folder / f"{name}.dsgns"))
    path = write_lines(folder / f"{name}.txt", lines)
    corpus = prepare_corpus(ENGINE, workspace, [path], CorpusParameters())
    vocabulary = build_vocabulary(ENGINE, workspace, corpus, VocabularyParameters(min_count, vocabulary=words))
    tokens = encode_tokens(ENGINE, workspace, corpus, vocabulary)
    return count_cooccurrences(ENGINE, workspace, tokens, window or CountsParameters(5, "harmonic"))


def merged(workspace: Workspace, *add: str, subtract: tuple[str, ...] = (), engine: SerialEngine = ENGINE) -> Output:
    return add_up(engine, workspace, find_addends(add, subtract))


def words_of(counts: Output) -> Output:
    return Output(counts.url, "vocabulary", counts.facts["vocabulary"])


def same(one: Output, other: Output) -> bool:
    """Whether words, their counts, cells and row blocks are the same to the bit."""
    ours = words_of(one).read("words", "bytes", "offsets", "counts")
    theirs = words_of(other).read("words", "bytes", "offsets", "counts")
    vocabularies = all(np.array_equal(ours[name], theirs[name]) for name in ours)
    blocks = [{name: block.arrays for name, block in each.manifests("rows").items()} for each in (one, other)]
    return vocabularies and blocks[0] == blocks[1] and digests(one) == digests(other)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Output]:
    """Three parts of one text, and the whole."""
    folder = tmp_path_factory.mktemp("months")
    parts = {"a": LINES[:250], "b": LINES[250:400], "c": LINES[400:], "all": LINES, "ab": LINES[:400]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "BLOCK_NONZEROS", 20_000)
        patch.setattr(plan_merge, "BLOCK_NONZEROS", 20_000)
        return {name: counted(folder, name, lines) for name, lines in parts.items()}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_merge, "BLOCK_NONZEROS", 20_000)


def test_parts_add_up_to_the_whole_to_the_bit(workspace, months):
    made = merged(workspace, *(months[name].url for name in "cab"))
    assert len(made.manifests("rows")) > 3
    assert same(made, months["all"])
    assert made.facts["losses"] == []
    assert {name: made.facts[name] for name in ("scale", "nonzeros", "total", "grid", "vocabulary_size")} == {
        name: months["all"].facts[name] for name in ("scale", "nonzeros", "total", "grid", "vocabulary_size")
    }
    assert not made.manifests("spill")
    assert not made.manifests("map")


def test_what_is_added_can_be_taken_away_again(workspace, months):
    every = merged(workspace, *(months[name].url for name in "abc"))
    less = merged(workspace, every.url, subtract=(months["c"].url,))
    assert same(less, months["ab"])
    assert sorted(less.facts["parts"]) == sorted([months["a"].key, months["b"].key])
    assert words_of(less).facts["used"] == words_of(months["ab"]).facts["used"]


def test_one_month_more_leaves_the_others_alone(workspace, months):
    """Adding text reads that text's counts and the sum so far: nothing before it is touched or made again."""
    first = merged(workspace, months["a"].url, months["b"].url)
    before = times(months["a"]) | times(months["b"]) | times(first)
    second = merged(workspace, first.url, months["c"].url)
    assert same(second, months["all"])
    assert times(months["a"]) | times(months["b"]) | times(first) == before
    figures = second.record["figures"]["counts: spill"]
    assert figures["blocks"] == 2
    assert "counts: count" not in second.record["figures"]


def times(output: Output) -> dict[str, int]:
    root = Path(output.url) / output.stage / output.key
    return {str(path): path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("allowed", [100 << 20, 1 << 30])
def test_the_sum_is_the_same_in_little_memory_and_whatever_the_order(workspace, months, allowed, monkeypatch):
    monkeypatch.setattr(plan_merge, "_MOST_CELLS", 40_000 if allowed < 1 << 30 else 1 << 26)
    made = merged(workspace, months["b"].url, months["a"].url, engine=SerialEngine(allowed))
    assert (made.record["figures"]["counts: spill"]["blocks"] > 2) == (allowed < 1 << 30)
    assert same(made, months["ab"])
    again = merged(workspace, months["a"].url, months["b"].url)
    assert again.key == made.key


def test_an_interrupted_merge_goes_on(workspace, months):
    class Stopped(SerialEngine):
        """Comes to no end once three tasks of merging are done."""

        def run(self, label, function, items, lost=None):
            for done, result in enumerate(super().run(label, function, items, lost)):
                if (label, done) == ("counts: merge", 3):
                    raise KeyboardInterrupt
                yield result

    with pytest.raises(KeyboardInterrupt):
        merged(workspace, months["a"].url, months["b"].url, engine=Stopped(1 << 30))
    (key,) = workspace.keys("counts")
    begun = workspace.output("counts", key)
    finished = {name for name in begun.manifests() if name.startswith(("rows", "spill"))}
    before = times(begun)
    made = merged(workspace, months["a"].url, months["b"].url)
    assert made.key == key
    assert same(made, months["ab"])
    kept = {name for name in before if any(f"/{block}/" in name for block in finished if block.startswith("rows"))}
    assert len(kept) > 9
    assert {name: times(made)[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize("allowed", [512 << 20, 1 << 30])
def test_counts_without_any_cell_add_up_too(workspace, tmp_path, allowed):
    """As of a text of one word a line, in memory for fewer cells than the largest group would take, and for more."""
    alone, lines = ["a", "b", "a"], ["a b c", "c d"]
    lonely, other = counted(tmp_path, "lonely", alone), counted(tmp_path, "other", lines)
    assert lonely.facts["nonzeros"] == 0
    made = merged(workspace, lonely.url, other.url, engine=SerialEngine(allowed))
    assert same(made, counted(tmp_path, "all", alone + lines))
    elsewhere = Workspace.create(str(tmp_path / "elsewhere"))
    assert same(merged(elsewhere, other.url, lonely.url, engine=SerialEngine(allowed)), made)


def test_words_that_were_too_rare_are_told(workspace, tmp_path):
    rare, other = counted(tmp_path, "rare", LINES[:250], 5), counted(tmp_path, "other", LINES[250:], 1)
    made = merged(workspace, rare.url, other.url)
    (loss,) = made.facts["losses"]
    known = set(load_vocabulary(words_of(rare)).words)
    every = load_vocabulary(words_of(made)).words
    assert loss["words"] == len(set(every) - known) > 0
    read = Counter(word for line in LINES[:250] for word in line.split())
    assert loss["tokens"] == sum(times for word, times in read.items() if word not in known) > 0
    assert (loss["counts"], loss["of"]) == (f"{rare.url}/{rare.name}", sum(read.values()))


def test_one_list_of_words_for_all_makes_the_sum_exact(workspace, tmp_path):
    """Words outside of it are left out everywhere before windows are laid, and so the pairs are the same."""
    seen = Counter(word for line in LINES for word in line.split())
    words = [word for word, times in seen.items() if times % 3]
    (tmp_path / "words").write_text("\n".join([*words, "nosuchword"]) + "\n")
    listed = str(tmp_path / "words")
    parts = [counted(tmp_path, name, lines, words=listed) for name, lines in (("a", LINES[:90]), ("b", LINES[90:]))]
    whole = counted(tmp_path, "all", LINES, words=listed)
    made = merged(workspace, *(part.url for part in parts))
    assert load_vocabulary(words_of(parts[0])).size < load_vocabulary(words_of(made)).size == len(words)
    assert words_of(made).facts["used"] > words_of(made).facts["total"]
    assert made.facts["losses"] == []
    assert as_dict(whole_matrix(made)) == as_dict(whole_matrix(whole))
    assert digests(made) == digests(whole)
    assert digests(words_of(made)) == digests(words_of(whole))
    further = counted(tmp_path, "further", LINES[:30], 2)
    assert merged(workspace, made.url, further.url).facts["losses"]


def test_what_was_never_added_cannot_be_taken_away(workspace, months, tmp_path):
    with pytest.raises(MergeError, match="times more often than it is there"):
        merged(workspace, months["b"].url, subtract=(months["a"].url,))
    forth, back = counted(tmp_path, "forth", ["a b c d", "b d"]), counted(tmp_path, "back", ["b a d c", "d b"])
    with pytest.raises(MergeError, match=r"Nothing is left"):
        merged(workspace, forth.url, subtract=(back.url,))
    more = counted(tmp_path, "more", ["a b a b", "c d c d"])
    across = counted(tmp_path, "across", ["a c"])
    with pytest.raises(MergeError, match=r"The cell \('a', 'c'\) of counts/.* comes to -60: "):
        merged(workspace, more.url, subtract=(across.url,))


def test_cells_of_words_that_are_gone_must_go_too(workspace, tmp_path):
    more, less = counted(tmp_path, "more", ["a b c d e f g"]), counted(tmp_path, "less", ["g a"])
    with pytest.raises(MergeError, match=r"The cell \('.', '.'\) of counts/.* comes to"):
        merged(workspace, more.url, subtract=(less.url,))


def test_other_rules_and_the_same_text_twice_are_refused(workspace, months, tmp_path):
    other = counted(tmp_path, "other", LINES[:50], window=CountsParameters(2, "flat"))
    with pytest.raises(
        MergeError, match=r"window 5, weighting harmonic, scale 60, .* window 2, weighting flat, scale 1"
    ):
        merged(workspace, months["a"].url, other.url)
    with pytest.raises(MergeError, match="would be added twice"):
        merged(workspace, months["a"].url, months["a"].url)
    sum_ = merged(workspace, months["a"].url, months["b"].url)
    with pytest.raises(MergeError, match="would be added twice"):
        merged(workspace, sum_.url, months["b"].url)
    with pytest.raises(MergeError, match="Name counts to add to"):
        merged(workspace, subtract=(months["a"].url,))


def test_counts_are_named_by_their_key(months):
    (addend,) = find_addends([f"{months['a'].url}/counts/{months['a'].key}"])
    assert addend.counts == months["a"]


def test_a_damaged_block_is_found(workspace, tmp_path):
    one, two = counted(tmp_path, "one", LINES[:20]), counted(tmp_path, "two", LINES[20:40])
    chunk = next((Path(one.url) / "counts" / one.key / "rows/00000/data").rglob("c/0"))
    data = chunk.read_bytes()
    chunk.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(CorruptBlockError, match=r"rows/00000 of counts/.* is damaged"):
        merged(workspace, one.url, two.url)


CELLS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19), st.integers(-(2**40), 2**40)), max_size=80)


@settings(deadline=None, max_examples=40)
@given(cells=CELLS, order=st.permutations(range(20)), bounds=st.sets(st.integers(1, 19), max_size=3))
def test_any_rows_go_where_they_belong(cells, order, bounds):
    """Rows and columns in another order, cells named twice, values that are taken away: a dictionary tells the same."""
    rows, columns, values = np.array(cells, np.int64).reshape(-1, 3).T
    by_row = np.argsort(rows, kind="stable")
    indptr = np.searchsorted(rows[by_row], np.arange(21))
    given_rows = MappedRows(
        np.argsort(order),
        indptr,
        columns[by_row].astype(np.int32),
        values[by_row].view(np.uint64),
        np.array(order, np.int32),
    )
    expected: Counter = Counter()
    for row, column, value in cells:
        expected[order[row], order[column]] += value
    grid, record = [0, *sorted(bounds), 20], SpillRecord.empty(len(bounds) + 1)
    output = memory_workspace().output("counts", "k")
    output.write_bytes("spill/00000", encoded(given_rows, grid, record))
    (run,) = record.offsets
    for block, (start, stop) in enumerate(pairwise(grid)):
        segment = Segment("spill/00000", run[block], run[block + 1])
        total = record.totals[block]
        reduce_block(output, 20, RowBlock(f"rows/{block:05d}", start, stop, [segment], total, 400, True), 64)
    found = as_dict(whole_matrix(output).astype(np.uint64))
    assert found == {cell: value % 2**64 for cell, value in expected.items() if value}


def test_a_vocabulary_alone_is_united_in_any_order(workspace, months):
    parts = [(words_of(months[name]), 1) for name in "ab"]
    one = unite_vocabularies(ENGINE, workspace, parts, {})
    assert unite_vocabularies(ENGINE, workspace, parts[::-1], {}) == one
    assert load_vocabulary(one).words == load_vocabulary(words_of(months["ab"])).words


def test_counts_over_another_vocabulary_are_not_merged(workspace, months):
    vocabulary = unite_vocabularies(ENGINE, workspace, [(words_of(months["a"]), 1)], {})
    addends = [Addend(months[name], words_of(months[name])) for name in "ab"]
    with pytest.raises(CorruptBlockError, match="lacks words of"):
        merge_counts(ENGINE, workspace, addends, vocabulary)
