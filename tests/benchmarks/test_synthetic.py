"""Synthetic text: its law, its themes, and that any range of it can be made alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.synthetic import Language, Law, share_of_neighbours, write_text
from tests.benchmarks.synthetic.__main__ import main
from tests.benchmarks.synthetic.kernels import PHRASE, alias_table
from tests.benchmarks.synthetic.spelling import spell

SMALL = Language(Law(vocabulary=400, line=64))
LENGTH = 40 * PHRASE
positions = st.integers(0, LENGTH)


@given(st.lists(positions, max_size=5))
@settings(deadline=None)
def test_text_does_not_depend_on_how_it_is_cut(cuts):
    edges = [0, *sorted(cuts), LENGTH]
    ranges = list(pairwise(edges))
    whole = SMALL.ids(0, LENGTH)
    np.testing.assert_array_equal(np.concatenate([SMALL.ids(*each) for each in ranges]), whole)
    assert b"".join(bytes(SMALL.text(*each)) for each in ranges) == bytes(SMALL.text(0, LENGTH))


@given(st.integers(0, 1 << 62), st.integers(0, (1 << 64) - 1))
@settings(max_examples=30, deadline=None)
def test_draws_are_those_of_a_slow_twin_at_any_position(start, seed):
    language = Language(Law(vocabulary=100, seed=seed))
    assert language.ids(start, start + 70).tolist() == list(slow_words(language._draws, range(start, start + 70)))


def slow_words(draws, places):
    def bits(stream, number):
        key = mixed(int(draws.seed), stream)
        return divmod(mixed(key, number), 1 << 32)

    def column(halves, threshold, alias, first, size):
        at = first + (halves[0] * size >> 32)
        return at if halves[1] < threshold[at] else alias[at]

    for place in places:
        word = column(bits(1, place), draws.threshold, draws.alias, 0, len(draws.alias))
        if word >= draws.common and bits(3, place)[1] < draws.attraction:
            tables = draws.theme_threshold, draws.theme_alias
            theme = column(bits(2, place // PHRASE), *tables, 0, len(draws.theme_alias))
            first, last = draws.begin[theme : theme + 2].tolist()
            tables = draws.member_threshold, draws.member_alias
            word = draws.members[column(bits(4, place), *tables, first, last - first)]
        yield int(word)


def mixed(key: int, number: int) -> int:
    whole = 1 << 64
    bits = (number * 0x9E3779B97F4A7C15 + key) % whole
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9 % whole
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB % whole
    return bits ^ (bits >> 31)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50))
@settings(deadline=None)
def test_an_alias_table_gives_every_word_its_share(weights):
    weights = np.array(weights)
    threshold, alias = np.empty(weights.size, np.uint32), np.empty(weights.size, np.int32)
    alias_table(weights, threshold, alias)
    own = threshold / 2**32
    shares = own + np.bincount(alias, 1 - own, weights.size)
    np.testing.assert_allclose(shares / weights.size, weights / weights.sum(), atol=1e-8)


@pytest.mark.parametrize("attraction", [0.0, 0.9])
def test_frequencies_follow_the_law_whatever_the_themes(attraction):
    language, tokens = Language(Law(vocabulary=50, attraction=attraction)), 2_000_000
    shares = 1 / (np.arange(50) + 2.7)
    expected = tokens * shares / shares.sum()
    # Words of a phrase go together, so that counts scatter more widely than those of independent draws.
    scatter = np.sqrt(expected * (1 + PHRASE * attraction))
    found = np.bincount(language.ids(0, tokens), minlength=50)
    assert (abs(found - expected) < 5 * scatter).all()


def test_rare_words_fall_faster():
    shares = Language(Law(vocabulary=1000, core=100, tail=2.0, offset=1.0)).shares
    np.testing.assert_allclose(shares[9] / shares[99], 100 / 10)
    np.testing.assert_allclose(shares[199] / shares[799], (800 / 200) ** 2)


def test_words_of_a_theme_stand_together():
    ids = SMALL.ids(0, 1000 * PHRASE).reshape(-1, PHRASE)
    themes = SMALL.theme[ids]
    left, right = themes[:, :-1].ravel(), themes[:, 1:].ravel()
    with_theme = (left >= 0) & (right >= 0)
    assert (left == right)[with_theme].mean() > 4 / SMALL.law.themes


def test_vectors_find_the_themes_and_chance_does_not():
    ids, size = SMALL.ids(0, 400_000), SMALL.law.vocabulary
    counts = np.zeros((size, size))
    for distance in range(1, 6):
        np.add.at(counts, (ids[:-distance], ids[distance:]), 1.0)
    counts += counts.T
    pmi = np.log(np.maximum(counts * counts.sum(), 1) / np.outer(counts.sum(0), counts.sum(1)))
    left, values, _ = np.linalg.svd(np.maximum(pmi, 0))
    order = np.random.default_rng(0).permutation(size)
    found = share_of_neighbours(SMALL, SMALL.words, left[:, :20] * np.sqrt(values[:20]))
    assert found > 0.8
    assert share_of_neighbours(SMALL, SMALL.words, left[order, :20]) < 0.2


def test_words_are_distinct_and_frequent_ones_short():
    cells = spell(300_000)
    words = [bytes(cell[: cell[-1] - 1]) for cell in cells]
    assert len(set(words)) == len(words)
    assert all(word.isalpha() and word.islower() for word in words)
    lengths, shares = cells[:, -1] - 1.0, Language(Law(vocabulary=300_000)).shares
    assert 4.5 < lengths @ shares < 5.5
    assert lengths[:100].mean() < 4 < 7 < lengths[-100_000:].mean()
    np.testing.assert_array_equal(spell(1000), cells[:1000])


def test_the_command_writes_as_many_words_in_lines(tmp_path, capsys):
    path, law = tmp_path / "text.txt", Law(vocabulary=5000, line=100, seed=3)
    main(
        [
            "--tokens",
            "5e4",
            "--vocabulary",
            "5e3",
            "--line",
            "100",
            "--seed",
            "3",
            "--start",
            "7",
            "--output",
            str(path),
        ]
    )
    text = path.read_text()
    assert f"50,000 tokens, {len(text):,} bytes" in capsys.readouterr().out
    language = Language(law)
    assert text.split() == [language.words[word] for word in language.ids(7, 50_007)]
    assert text.endswith("\n")
    lines = [len(line.split()) for line in text.splitlines()]
    assert 70 < np.mean(lines) < 140
    assert {length % PHRASE for length in lines[1:-1]} == {0}


def test_files_of_parts_hold_the_words_of_one_file(tmp_path):
    paths = [tmp_path / name for name in ("whole", "first", "second")]
    sizes = [write_text(SMALL, path, *part) for path, part in zip(paths, [(900,), (400,), (500, 400)], strict=True)]
    whole, first, second = (path.read_text() for path in paths)
    assert sizes[0] == sum(sizes[1:]) == len(whole)
    assert (first + second).split() == whole.split()


@pytest.mark.parametrize("wrong", [{"vocabulary": 15}, {"attraction": 1.0}, {"line": 31}])
def test_laws_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=r"15|1\.0|31"):
        Law(**wrong)


def test_a_number_of_tokens_is_whole(tmp_path):
    with pytest.raises(SystemExit):
        main(["--tokens", "1.5", "--output", str(tmp_path / "x")])
