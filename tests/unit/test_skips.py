from __future__ import annotations

from tests.support.skips import LIST, allowed_skips, strays


def test_the_list_can_be_read() -> None:
    assert all(reason for reason in allowed_skips(LIST.read_text()).values())


def test_a_listed_prefix_covers_its_tests() -> None:
    allowed = allowed_skips("# why\n\ntests/a.py::test_x: needs ARM\n")
    assert allowed == {"tests/a.py::test_x": "needs ARM"}
    assert strays(["tests/a.py::test_x[1]", "tests/b.py"], allowed) == ["tests/b.py"]


def test_without_a_list_every_skip_is_a_stray() -> None:
    assert strays(["tests/a.py"], {}) == ["tests/a.py"]
