"""The file that ``dsgns report`` writes, from its words to its use in a browser that has no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import dsgns
from dsgns.cli import main
from tests.unit.explorer.browser import Page, opened_browser
from tests.unit.explorer.conftest import EVIL


@pytest.fixture(scope="module")
def written(explored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text("something older")
    done = CliRunner().invoke(main, ["report", str(explored), "--output", str(file), "--words", "25"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{file}: ")
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]
    return file


@pytest.fixture(scope="module")
def page(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The file in a browser, which sees nothing else."""
    with opened_browser(tmp_path_factory.mktemp("profile")) as browser:
        browser.execute_cdp_cmd("Network.enable", {})
        browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["http://*", "https://*"]})
        shown = Page(browser, written.as_uri())
        shown.show()
        shown.open()
        yield shown
        assert shown.complaints() == []


def test_its_words_have_the_neighbours_that_the_vectors_have(page: Page, explored: Path) -> None:
    word = dsgns.open_workspace(explored).vectors("svd").index_to_key[7]
    page.search(word)
    for road in ("svd", "sgns"):
        near = dsgns.open_workspace(explored).vectors(road).most_similar(word, topn=12)
        assert page.neighbours(road) == [other for other, _ in near]


def test_only_words_with_neighbours_in_the_file_are_links(page: Page, explored: Path) -> None:
    words = dsgns.open_workspace(explored).vectors("svd").index_to_key
    page.search(words[7])
    links, others = (set(page.texts(f"#neighbours li > {kind}")) for kind in ("a", "b"))
    assert links <= set(words[:25])
    assert others <= set(words[25:])
    page.search("nowhere")
    assert "“nowhere” is not among these 25 words." in page.find("#neighbours").text


def test_it_has_both_maps_and_no_more_questions_than_answers(page: Page) -> None:
    places = "return Array.from(Bokeh.documents[0].get_model_by_name('map-dots').data.x)"
    before = page.script(places)
    page.find("input[name=map][value=sgns]").click()
    page.until("the other is drawn", lambda: page.script(places) != before)
    assert page.texts("#analogy, .choices") == []
    assert page.find("#account-title").text == "Where every token went"


def test_a_word_of_the_corpus_ends_no_script(written: Path) -> None:
    assert EVIL not in written.read_text()


def test_one_road_can_be_named(explored: Path, tmp_path: Path) -> None:
    key = dsgns.open_workspace(explored).store.latest("sgns").key
    file = tmp_path / "one.html"
    assert CliRunner().invoke(main, ["report", str(explored), "-o", str(file), "--key", key]).exit_code == 0
    assert '"roads":["sgns"]' in file.read_text()


def test_a_place_that_is_none_is_told(explored: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["report", str(explored), "-o", str(tmp_path / "no" / "file.html")])
    assert done.exit_code == 1
    assert "choose another place" in done.output
