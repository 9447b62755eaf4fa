"""What moved between two sets of ratios."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks import baseline


def results(**ratios: list[float]) -> dict:
    found = [{"key": key, "ratios": values} for key, values in ratios.items()]
    return {"corpus": "text", "results": found}


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ([10, 10, 10], [10.4, 10.4, 10.4], "same"),
        ([10, 10, 10], [9, 9, 9], "SLOWER"),
        ([10, 10, 10], [11, 11, 11], "faster"),
        ([9, 10, 11], [9, 9, 9], "same"),
        ([10, 10, 10], [8, 9, 10], "same"),
        ([9.9, 10, 10.1], [5, 5, 5], "SLOWER"),
    ],
)
def test_a_ratio_moved_if_it_did_by_more_than_the_runs_scatter(before, after, verdict):
    assert baseline.compare({"a": before}, {"a": after})["a"].startswith(verdict)


def test_saving_adds_to_what_is_there_and_comparing_says_what_moved(tmp_path, capsys):
    fresh, kept = tmp_path / "fresh.json", tmp_path / "kept.json"
    arguments = [str(fresh), "--baseline", str(kept)]
    for found in (results(a=[2, 2, 2]), results(b=[1.23456] * 3)):
        fresh.write_text(json.dumps(found))
        assert baseline.main([*arguments, "--save"]) == 0
    assert json.loads(kept.read_text()) == {"text a": [2, 2, 2], "text b": [1.235] * 3}
    capsys.readouterr()
    fresh.write_text(json.dumps(results(a=[1, 1, 1], c=[1, 1, 1])))
    assert baseline.main(arguments) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{'SLOWER: 2.00 -> 1.00 (-50 %)':<34}text a",
        f"{'new: 1.00':<34}text c",
    ]
    fresh.write_text(json.dumps(results(a=[2, 2, 2])))
    assert baseline.main(arguments) == 0
