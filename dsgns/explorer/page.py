"""The page around the figures: one template, its style and its scripts, all in one piece."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, Template

_SCRIPTS = ("asking", "words", "map", "colours", "start")


@cache
def page_template() -> Template:
    """What :func:`bokeh.embed.file_html` and a Bokeh server's documents take as their template."""
    # Words are anybody's: all that is put into the page is escaped, but for what is marked to be code.
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["linked"] = lambda word: "#" + urlencode({"word": word})
    return environment.from_string(_read("page.html"))


@cache
def style(font: str) -> str:
    """The page's style sheet, with the fonts that its figures have too."""
    return f":root {{ --font: {font}; }}\n{_read('page.css')}"


@cache
def script() -> str:
    """The page's scripts as one, with names of their own."""
    parts = "\n".join(_read(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})()'


def _read(name: str) -> str:
    return files("dsgns.explorer").joinpath("page", name).read_text(encoding="utf-8")
