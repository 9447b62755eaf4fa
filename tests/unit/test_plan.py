"""Plans: what they say of memory, disk and time, and when a run would not fit."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from dsgns import rates
from dsgns.errors import ParameterError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.plan import plan_run
from tests.support.corpora import write_lines, zipf_lines

MIB = 2**20
PARAMETERS = TrainParameters.from_options(vector_size=50, min_count=2)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_lines(tmp_path_factory.mktemp("corpus") / "corpus.txt", zipf_lines(60_000, types=3000))


def by_stage(made: dict) -> dict[str, dict]:
    return {stage["stage"]: stage for stage in made["stages"]}


def test_each_road_has_its_stages(corpus: str) -> None:
    both = plan_run([corpus], PARAMETERS, "both", Resources(2, 1024 * MIB))
    assert list(by_stage(both)) == ["vocabulary", "tokens", "counts", "marginals", "svd", "sgns"]
    assert list(by_stage(plan_run([corpus], PARAMETERS, "svd"))) == [
        "vocabulary",
        "tokens",
        "counts",
        "marginals",
        "svd",
    ]
    assert list(by_stage(plan_run([corpus], PARAMETERS, "sgns"))) == ["vocabulary", "tokens", "sgns"]
    with pytest.raises(ParameterError, match="cbow"):
        plan_run([corpus], PARAMETERS, "cbow")


def test_every_figure_is_there(corpus: str) -> None:
    made = plan_run([corpus], PARAMETERS, "both", Resources(2, 1024 * MIB))
    for stage in made["stages"]:
        assert stage["tasks"] >= 1
        assert stage["held_bytes"] < stage["peak_bytes"] <= stage["promised_bytes"]
        assert stage["disk_bytes"] > 0
        assert stage["seconds"] >= 0
    assert made["disk_bytes"] == sum(stage["disk_bytes"] for stage in made["stages"])
    assert made["most_disk_bytes"] >= made["disk_bytes"]
    assert made["seconds"] > sum(stage["seconds"] for stage in made["stages"])
    assert made["workers"] == 2
    assert made["fits"]


def test_a_run_that_does_not_fit_fits_under_the_limit_that_is_named(corpus: str) -> None:
    parameters = TrainParameters.from_options(vector_size=2000, min_count=2)
    tight = plan_run([corpus], parameters, "sgns", Resources(1, 280 * MIB))
    assert not tight["fits"]
    needed = tight["fitting_memory_limit"]
    assert plan_run([corpus], parameters, "sgns", Resources(1, needed))["fits"]
    assert not plan_run([corpus], parameters, "sgns", Resources(1, int(needed / 1.1)))["fits"]


def test_no_plan_fits_what_a_worker_cannot_start_with(corpus: str) -> None:
    made = plan_run([corpus], PARAMETERS, "sgns", Resources(1, 200 * MIB))
    assert not made["fits"]
    assert made["fitting_memory_limit"] >= 256 * MIB


def test_small_shards_are_many_tasks(corpus: str) -> None:
    coarse, fine = (
        by_stage(plan_run([corpus], PARAMETERS, "sgns", Resources(2, 1024 * MIB, size))) for size in (64 * MIB, 16_384)
    )
    assert fine["vocabulary"]["tasks"] > coarse["vocabulary"]["tasks"] + 5


def test_more_workers_take_less_time(corpus: str) -> None:
    # A round's tasks are no fewer tokens than are worth sending out.
    options = {"vector_size": 300, "min_count": 2, "epochs": 50}
    parameters = TrainParameters.from_options(replicas=4, round_tokens=40_000, **options)
    one, four = (plan_run([corpus], parameters, "sgns", Resources(workers, 1024 * MIB)) for workers in (1, 4))
    assert by_stage(four)["sgns"]["seconds"] < by_stage(one)["sgns"]["seconds"]


def test_rounds_of_replicas_cost_more_than_their_training(corpus: str) -> None:
    def seconds(size: int, replicas: int) -> float:
        asked = TrainParameters.from_options(vector_size=size, min_count=2, replicas=replicas, epochs=50)
        return by_stage(plan_run([corpus], asked, "sgns", Resources(2, 2048 * MIB)))["sgns"]["seconds"]

    # Rounds of so few tokens are mostly messages.
    assert seconds(100, 4) > 4 * seconds(100, 1)
    assert seconds(300, 4) > 1.2 * seconds(100, 4)


def test_larger_vectors_take_more_of_all(corpus: str) -> None:
    small, large = (
        by_stage(
            plan_run(
                [corpus], TrainParameters.from_options(vector_size=size, min_count=2), "both", Resources(2, 2048 * MIB)
            )
        )
        for size in (50, 500)
    )
    for stage in ("svd", "sgns"):
        for figure in ("peak_bytes", "disk_bytes", "passing_bytes"):
            assert large[stage][figure] > small[stage][figure]


@pytest.mark.parametrize("method", ["svd", "sgns", "both"])
@pytest.mark.parametrize(("size", "replicas", "workers"), [(50, 1, 1), (300, 4, 2), (1000, 1, 2), (100, 16, 4)])
def test_the_limit_that_is_advised_fits_and_half_of_it_does_not(
    corpus: str, method: str, size: int, replicas: int, workers: int
) -> None:
    parameters = TrainParameters.from_options(vector_size=size, min_count=2, replicas=replicas)

    def planned(limit: int) -> dict:
        return plan_run([corpus], parameters, method, Resources(workers, limit))

    advised = {planned(limit * MIB)["fitting_memory_limit"] for limit in (50, 256, 300)}
    assert len(advised) == 1  # what is advised does not depend on what was given
    (limit,) = advised
    assert limit % MIB == 0
    assert planned(limit)["fits"]
    assert planned(limit)["fitting_memory_limit"] == limit
    assert not planned(limit // 2)["fits"]


def test_a_limit_below_all_measure_is_refused_at_once(corpus: str) -> None:
    made = plan_run([corpus], PARAMETERS, "both", Resources(1, 50 * MIB))
    assert not made["fits"]
    assert by_stage(made)["vocabulary"]["tasks"] == by_stage(plan_run([corpus], PARAMETERS))["vocabulary"]["tasks"]


def test_decoded_text_counts_as_long_as_it_is_kept(corpus: str, tmp_path: Path) -> None:
    packed = tmp_path / "corpus.txt.gz"
    packed.write_bytes(gzip.compress(Path(corpus).read_bytes()))
    phrased = PARAMETERS.updated(phrases=1)
    plain, decoded = (by_stage(plan_run([str(path)], phrased, "svd")) for path in (corpus, packed))
    kept = [decoded[stage]["passing_bytes"] - plain[stage]["passing_bytes"] for stage in decoded]
    expected = round(rates.TEXT_BYTES * Path(corpus).stat().st_size)
    assert kept[:3] == [pytest.approx(expected, rel=0.01)] * 3, "phrases, vocabulary, tokens"
    assert decoded["counts"]["passing_bytes"] < expected


@pytest.mark.parametrize("how", ["standard input", "iterable"])
def test_text_that_is_handed_over_counts_on_disk(corpus: str, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    data = Path(corpus).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    inputs = "-" if how == "standard input" else iter(data.decode().splitlines())
    handed, named = plan_run(inputs, PARAMETERS), plan_run(corpus, PARAMETERS)
    assert (handed["spooled_bytes"], named["spooled_bytes"]) == (len(data), 0)
    for total in ("disk_bytes", "most_disk_bytes"):
        assert handed[total] == named[total] + len(data)
    assert handed["stages"][0]["disk_bytes"] == named["stages"][0]["disk_bytes"]
