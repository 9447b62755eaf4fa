from __future__ import annotations

from dsgns.cli.summary import pages_line


def test_what_became_of_the_pages_of_dumps_adds_up_in_a_line() -> None:
    pages = {"pages": 1200, "kept": 1000, "other_namespaces": 150, "redirects": 50, "empty": 0}
    assert pages_line(pages) == "1,200 pages read = 1,000 kept + 150 other namespaces + 50 redirects"
    assert pages_line({"pages": 1, "kept": 1}) == "1 page read = 1 kept"
    assert pages_line(None) == ""
