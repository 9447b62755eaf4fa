"""The page of ``dsgns explore`` in a real browser."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

import dsgns
from dsgns.vectors.words import WordVectors
from tests.support.processes import running, wait_until
from tests.unit.explorer.browser import Page, opened_browser
from tests.unit.explorer.conftest import EVIL

ROADS = ("svd", "sgns")
_MODEL = "Bokeh.documents[0].get_model_by_name"


@pytest.fixture(scope="module")
def address(explored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `dsgns explore` shows the workspace."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running([sys.executable, "-m", "dsgns", "explore", str(explored), "--port", "0"], log):
        wait_until("the page", lambda: "shown at" in log.read_text())
        yield log.read_text().split("shown at ")[1].split()[0]
        assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def browsed(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page in a browser of its own."""
    with opened_browser(tmp_path_factory.mktemp("profile")) as browser:
        yield Page(browser, address)


@pytest.fixture
def page(browsed: Page) -> Iterator[Page]:
    """The page on a desktop; afterwards the console has no complaint, and nothing came from anywhere else."""
    browsed.show()
    if browsed.driver.current_url.split("#")[0] != browsed.url:
        browsed.open()
    yield browsed
    assert browsed.complaints() == []
    loaded = browsed.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in loaded if not name.startswith((browsed.url, "data:", "blob:"))] == []


def vectors(explored: Path, road: str) -> WordVectors:
    found = dsgns.open_workspace(explored).vectors(road)
    assert isinstance(found, WordVectors)
    return found


def test_a_searched_word_has_the_neighbours_that_the_vectors_have(page: Page, explored: Path) -> None:
    page.search("queen")
    for road in ROADS:
        near = vectors(explored, road).most_similar("queen", topn=12)
        assert page.neighbours(road) == [word for word, _ in near]
        assert page.texts(f"[data-road={road}] .cosine") == [f"{cosine:.3f}" for _, cosine in near]


def test_a_neighbour_is_a_click_away_and_the_back_button_leads_back(page: Page) -> None:
    page.search("queen")
    first = page.neighbours("sgns")[0]
    page.find("#neighbours [data-road=sgns] li a").click()
    page.until("the neighbour is shown", lambda: page.texts(".asked") == [first])
    assert page.find("#word").get_property("value") == first
    page.driver.back()
    page.until("the first word is shown", lambda: page.texts(".asked") == ["queen"])


def test_a_bookmark_leads_to_its_word(page: Page) -> None:
    page.open(f"#word={quote('北京')}")
    assert page.texts(".asked") == ["北京"]


def test_an_analogy_is_answered_by_both_roads(page: Page, explored: Path) -> None:
    page.open()
    for name, word in zip("abc", ("king", "queen", "bread"), strict=True):
        page.find(f"#analogy [name={name}]").send_keys(word)
    page.press(Keys.ENTER)
    page.until("it is answered", lambda: page.neighbours("svd", "#solutions"))
    for road in ROADS:
        near = vectors(explored, road).most_similar(["queen", "bread"], ["king"], topn=6)
        assert page.neighbours(road, "#solutions") == [word for word, _ in near]
    assert page.script("return location.hash") == "#a=king&b=queen&c=bread"


def test_the_keyboard_is_enough(page: Page) -> None:
    page.open()
    page.press(Keys.TAB)
    assert page.script("return document.activeElement.textContent") == "Skip to the search"
    page.press(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "word"
    page.press("crown", Keys.ENTER)
    page.until("crown is shown", lambda: page.texts(".asked") == ["crown"])
    first = page.neighbours("svd")[0]
    while page.script("return document.activeElement.closest('#neighbours') === null"):
        page.press(Keys.TAB)
    assert page.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press(Keys.ENTER)
    page.until("the neighbour is shown", lambda: page.texts(".asked") == [first])


def test_an_unknown_word_is_told_with_words_that_look_like_it(page: Page) -> None:
    page.search("Kingg")
    assert page.neighbours("svd") == []
    assert "“Kingg” is not among these 30 words." in page.find("#neighbours").text
    page.search("quene")
    page.find("#neighbours a").click()
    page.until("what was meant is shown", lambda: page.texts(".asked") == ["queen"])


def test_what_is_typed_is_completed(page: Page) -> None:
    page.find("#word").clear()
    page.find("#word").send_keys("b")
    page.until("there are words", lambda: _options(page))
    assert set(_options(page)) == {"bread", "butter"}


def _options(page: Page) -> list[str]:
    return page.script("return [...document.querySelectorAll('#beginnings option')].map((option) => option.value)")


def test_another_name_for_this_machine_shows_nothing(address: str) -> None:
    def seen(host: str, asked: str = "") -> str:
        with urlopen(Request(address + asked, headers={"Host": host})) as page:
            return page.read().decode()

    session = "?bokeh-session-id=known"
    assert "Where every token went" in seen("localhost:1")
    assert "Where every token went" in seen("localhost:1", session)
    for asked in ("", session, "autoload.js?bokeh-autoload-element=1", "ws", "static/js/bokeh.min.js"):
        with pytest.raises(HTTPError) as refused:
            seen("evil.example:8686", asked)
        assert refused.value.code == 403
        assert "token" not in (said := refused.value.read().decode())
        assert "localhost" in said


def test_words_of_a_corpus_are_text_and_nothing_else(page: Page) -> None:
    before = page.script("return document.querySelectorAll('script, img, b').length")
    page.search(EVIL)
    assert "<img/src=x/onerror=alert(2)>" in page.neighbours("svd")
    page.search("$$x^2$$")
    page.find("#word").send_keys("<")
    page.find("[data-zoom=all]").click()
    _pointer(page, "a&amp;b").perform()
    tip = "return document.querySelector('.bk-Tooltip')?.shadowRoot.textContent ?? ''"
    page.until("the words under the pointer are told", lambda: "onerror=alert(2)>" in page.script(tip))
    assert page.script("return document.querySelectorAll('script, img, b').length") == before
    assert page.script("return document.querySelector('.bk-Tooltip').shadowRoot.querySelector('img, b')") is None
    assert page.driver.title == "w.dsgns · dsgns"


def test_chinese_words_have_chinese_neighbours(page: Page) -> None:
    page.search("北京")
    for road in ROADS:
        assert set(page.neighbours(road)[:6]) == {"上海", "广州", "深圳", "天津", "重庆", "南京"}
    assert "Noto Sans CJK SC" in page.script("return getComputedStyle(document.body).fontFamily")


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_is_wide_enough(page: Page, dark: bool) -> None:
    page.show(390, 844, dark)
    page.open("#a=king&b=queen&c=<img/src=x/onerror=alert(2)>&word=北京")
    page.until("the analogy is answered", lambda: page.find("#solutions").text)
    assert page.script("return document.documentElement.scrollWidth") <= 390
    assert page.script("return innerWidth") == 390


def test_it_is_dark_where_its_reader_wants_that(page: Page) -> None:
    def colours() -> tuple[str, ...]:
        return tuple(
            page.script(
                "const [text, paper] = [document.body, document.documentElement].map((part) => getComputedStyle(part));"
                f"return [text.color, paper.backgroundColor, {_MODEL}('spectrum').left[0].major_label_text_color]"
            )
        )

    page.until("it is light", lambda: colours() == ("rgb(27, 28, 30)", "rgb(248, 247, 244)", "#64656b"))
    page.show(dark=True)
    page.until("it is dark", lambda: colours() == ("rgb(233, 233, 235)", "rgb(19, 20, 22)", "#9c9da5"))


def test_labels_on_the_map_leave_one_another_room(page: Page) -> None:
    page.search("queen")
    boxes = page.until("there are labels", lambda: _label_boxes(page))
    assert "queen" in {box[0] for box in boxes}
    for (_, left, top, width), (_, other_left, other_top, other_width) in combinations(boxes, 2):
        apart = abs(top - other_top) >= 12 or left >= other_left + other_width or other_left >= left + width
        assert apart, boxes
    page.find("[data-zoom=in]").click()
    page.until("they are placed anew", lambda: _label_boxes(page) not in ([], boxes))


def _label_boxes(page: Page) -> list[tuple[str, float, float, float]]:
    """Each label with its left end, middle and width in pixels."""
    return page.script(
        f"""
        const figure = {_MODEL}("map"), pen = document.createElement("canvas").getContext("2d"), found = []
        for (const name of ["map-labels", "map-marked"]) {{
          const {{ word, x, y }} = {_MODEL}(name).data
          pen.font = (name === "map-marked" ? "bold 13px " : "12px ") + getComputedStyle(document.body).fontFamily
          word.forEach((text, place) => found.push([
            text,
            (x[place] - figure.x_range.start) / (figure.x_range.end - figure.x_range.start) * figure.inner_width + 6,
            (figure.y_range.end - y[place]) / (figure.y_range.end - figure.y_range.start) * figure.inner_height,
            pen.measureText(text).width,
          ]))
        }}
        return found
        """
    )


def test_a_word_on_the_map_is_a_click_away(page: Page) -> None:
    page.search("queen")
    page.find("[data-zoom=all]").click()
    _pointer(page, "bread").click().perform()
    places = {word: (x, y) for word, x, y in _dots(page)}
    # Words of one group lie on top of one another.
    there = {word for word, place in places.items() if math.dist(place, places["bread"]) < 8}
    page.until("a word that lies there is shown", lambda: page.texts(".asked")[0] in there)


def _pointer(page: Page, word: str) -> ActionChains:
    """The pointer moved to where a word lies on the map."""
    plot = page.find(".plot.tall")
    page.script("document.querySelector('.plot.tall').scrollIntoView({block: 'center'})")
    x, y = next((x, y) for other, x, y in _dots(page) if other == word)
    middle = plot.size["width"] / 2, plot.size["height"] / 2
    return ActionChains(page.driver).move_to_element_with_offset(plot, x - middle[0], y - middle[1])


def _dots(page: Page) -> list[tuple[str, float, float]]:
    """Each word on the map, and where it is, in pixels."""
    return page.script(
        f"""
        const figure = {_MODEL}("map"), {{ word, x, y }} = {_MODEL}("map-dots").data
        return word.map((text, place) => [
          text,
          (x[place] - figure.x_range.start) / (figure.x_range.end - figure.x_range.start) * figure.inner_width,
          (figure.y_range.end - y[place]) / (figure.y_range.end - figure.y_range.start) * figure.inner_height,
        ])
        """
    )


def test_the_map_of_the_other_road_is_another(page: Page) -> None:
    places = page.script(f"return Array.from({_MODEL}('map-dots').data.x)")
    page.find("input[name=map][value=sgns]").click()
    page.until("it is drawn", lambda: page.script(f"return Array.from({_MODEL}('map-dots').data.x)") != places)


def test_a_road_can_be_left_out(page: Page, explored: Path) -> None:
    key = dsgns.open_workspace(explored).store.latest("svd").key
    page.open(f"?svd={key}&sgns=#word=queen")
    assert [title.split() for title in page.texts("#neighbours h3")] == [["SVD", key]]
    assert "no loss" in page.find(".charts").text
