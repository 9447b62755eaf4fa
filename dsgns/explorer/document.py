"""The Bokeh document of one look at a workspace: figures, what they are told, and the page around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bokeh.document import Document
from bokeh.models import CustomJS

from dsgns.explorer.answers import Answers
from dsgns.explorer.captions import captions
from dsgns.explorer.charts import FONT, loss_chart, norm_chart, spectrum_chart
from dsgns.explorer.contents import TITLES, contents, examples
from dsgns.explorer.exchange import Exchange, as_json
from dsgns.explorer.library import Library
from dsgns.explorer.map_chart import map_chart
from dsgns.explorer.page import page_template, script, style
from dsgns.store import Output

Table = Callable[[Answers], dict[str, Any]]

_START = "export default (parts) => window.explorer.start(parts)"


def fill_document(document: Document, library: Library, keys: Mapping[str, str], table: Table | None = None) -> None:
    """Make a document show a workspace.

    Parameters
    ----------
    document
        Empty; of a session, or of a file.
    library
        The workspace.
    keys
        Of the results that are shown, as for :meth:`Library.chosen`.
    table
        For a file: a function from the answers to those that it brings along. A session is asked instead.
    """
    outputs, note = library.chosen(keys)
    answers = Answers(
        {road: library.vectors(output) for road, output in outputs.items()},
        lambda road, layout: library.atlas(outputs[road], layout),
    )
    told = contents(library, outputs, note)
    facts: dict[str, Any] = {
        "roads": list(outputs),
        "titles": TITLES,
        "keys": {road: output.key for road, output in outputs.items()},
        "font": FONT,
        "answers": None if table is None else table(answers),
    }
    if outputs:
        exchange = None if table else Exchange(name="exchange")
        told |= {"charts": _charts(document, outputs, answers, exchange), "examples": examples(answers.first)}
        facts["first"] = told["examples"][0]
    if table is not None:
        told |= {"choices": [], "asks_analogies": False, "layouts": ["pca"]}
    for model in document.models:
        # What the page changes in its figures is the page's affair; a session would only be kept busy.
        model.syncable = isinstance(model, Exchange)
    document.title = f"{told['name']} · dsgns"
    document.template = page_template()
    document.template_variables.update(told, facts=as_json(facts), style=style(FONT), script=script())


def _charts(
    document: Document, outputs: Mapping[str, Output], answers: Answers, exchange: Exchange | None
) -> list[dict[str, Any]]:
    """Put the figures into the document, and have them started; what the page says below each."""
    chart = map_chart(answers.chart(next(iter(outputs))))
    figures = {"map": chart.figure}
    if "svd" in outputs:
        figures["spectrum"] = spectrum_chart(outputs["svd"])
    if "sgns" in outputs and outputs["sgns"].facts["loss"]:
        figures["loss"] = loss_chart(outputs["sgns"])
    figures["norms"] = norm_chart(answers.roads)
    for made in figures.values():
        document.add_root(made)
    started = {
        "map": chart._asdict(),
        "figures": list(figures.values()),
        "marked": {road: document.get_model_by_name(f"marked-{road}") for road in outputs},
        "exchange": exchange,
    }
    if exchange is not None:
        # A model belongs to a document through a root, and roots are drawn; this one is not to be seen.
        chart.figure.tags = [exchange]
        exchange.serve(answers.reply, lambda question: question.get("layout", "pca") != "pca")
    document.js_on_event("document_ready", CustomJS(args=started, code=_START))
    return captions(figures, list(outputs))
