"""What the page is told, without a browser."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dsgns.explorer.answers import Answers
from dsgns.explorer.atlas import Atlas
from dsgns.explorer.exchange import Exchange, as_json
from dsgns.vectors.words import WordVectors

WORDS = [f"w{row}" for row in range(50)]


@pytest.fixture
def answers() -> Answers:
    rng = np.random.default_rng(3)
    roads = {
        "svd": WordVectors(WORDS, rng.normal(size=(50, 5)).astype(np.float32), np.arange(50, 0, -1)),
        "sgns": WordVectors(WORDS[:40], rng.normal(size=(40, 3)).astype(np.float32)),
    }
    atlases = {(road, "pca"): Atlas(vectors, 20) for road, vectors in roads.items()}
    return Answers(roads, lambda road, layout: atlases[road, layout], topn=4)


def test_neighbours_are_those_of_each_road(answers: Answers) -> None:
    told = answers.reply({"ask": "near", "word": "w3"})["roads"]
    for road, vectors in answers.roads.items():
        near = vectors.most_similar("w3", topn=4)
        assert told[road]["near"] == [[word, pytest.approx(cosine, abs=1e-3)] for word, cosine in near]
        norms = np.linalg.norm(vectors.vectors, axis=1)
        assert told[road]["norm"] == pytest.approx(norms[3] / np.median(norms), abs=1e-3)
        places = answers.atlas_of(road, "pca").places_of([vectors.get_index(word) for word in ("w3", near[0][0])])
        assert np.allclose(told[road]["places"][:2], places, atol=1e-4)
    assert (told["svd"]["rank"], told["svd"]["count"]) == (4, 47)


def test_many_words_at_once_are_told_the_same(answers: Answers) -> None:
    assert answers.near_all(["w3", "w7"]) == {word: answers.near(word) for word in ("w3", "w7")}


def test_a_word_may_be_known_to_one_road_only(answers: Answers) -> None:
    told = answers.near("w45")["roads"]
    assert len(told["svd"]["near"]) == 4
    assert [word for word, _ in told["sgns"]["unknown"]] == ["w45"]
    assert told["sgns"]["of"] == 40


def test_all_unknown_words_of_an_analogy_are_told(answers: Answers) -> None:
    told = answers.reply({"ask": "analogy", "words": ["w1", "v2", "W3"]})["roads"]["svd"]
    assert [word for word, _ in told["unknown"]] == ["v2", "W3"]
    assert "w3" in told["unknown"][1][1]


def test_a_map_keeps_as_much_of_the_distances_as_a_plane_can(answers: Answers) -> None:
    shown = answers.reply({"ask": "map", "road": "svd"})
    rows = answers.roads["svd"].vectors[:20].astype(np.float64)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    singular = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False)
    assert np.linalg.norm(shown["x"]) == pytest.approx(singular[0], rel=1e-3)
    assert np.linalg.norm(shown["y"]) == pytest.approx(singular[1], rel=1e-3)


def test_a_question_that_fails_is_answered_too(answers: Answers) -> None:
    exchange = Exchange()
    exchange.serve(answers.reply)
    exchange.question = json.dumps({"id": 1, "ask": "begin", "prefix": "w1"})
    assert json.loads(exchange.answer) == {"id": 1, "words": [word for word in WORDS if word.startswith("w1")][:8]}
    exchange.question = json.dumps({"id": 2, "ask": "map", "road": "nowhere"})
    assert json.loads(exchange.answer).keys() == {"id", "failed"}


def test_no_word_ends_the_script_it_stands_in() -> None:
    assert "<" not in as_json(["</script>", "<!--"])
    assert json.loads(as_json(["</script>"])) == ["</script>"]
