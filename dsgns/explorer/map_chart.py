"""The Bokeh figure of the map: dots, the word asked for, its neighbours, and labels where the page finds room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, PanTool, Range1d, TapTool, WheelZoomTool

from dsgns.explorer.charts import FONT, hover, plain_figure


class MapChart(NamedTuple):
    """A figure and what the page changes in it.

    Parameters
    ----------
    figure
        Dots, marks and labels, each glyph named after its source.
    dots
        The words on the map: ``word``, ``count``, ``x``, ``y``.
    marks
        The word asked for and its neighbours, likewise, with ``size``.
    labels
        Words beside their dots: ``word``, ``x``, ``y``; those of marks in a source of their own.
    """

    figure: Any
    dots: ColumnDataSource
    marks: ColumnDataSource
    labels: ColumnDataSource
    marked: ColumnDataSource


def map_chart(shown: Mapping[str, Any]) -> MapChart:
    """The map of one road.

    Parameters
    ----------
    shown
        What :meth:`dsgns.explorer.answers.Answers.chart` says of it.
    """
    sources = {
        "dots": dict(shown),
        "marks": {"word": [], "count": [], "x": [], "y": [], "size": []},
        "labels": {"word": [], "x": [], "y": []},
        "marked": {"word": [], "x": [], "y": []},
    }
    kept = {name: ColumnDataSource(data, name=f"map-{name}") for name, data in sources.items()}
    chart = plain_figure(
        "map",
        x_range=Range1d(-1, 1),
        y_range=Range1d(-1, 1),
        tools="",
        lod_threshold=None,
    )
    chart.axis.visible = False
    chart.grid.visible = False
    dots = chart.scatter("x", "y", source=kept["dots"], size=5, line_color=None, fill_alpha=0.3, name="dots")
    marks = chart.scatter("x", "y", source=kept["marks"], size="size", line_width=1.5, name="marks")
    for name, size, style, gap in (("labels", "12px", "normal", 6), ("marked", "13px", "bold", 9)):
        chart.text(
            "x",
            "y",
            "word",
            source=kept[name],
            text_font=value(FONT),
            text_font_size=size,
            text_font_style=style,
            text_baseline="middle",
            x_offset=gap,
            name=name,
        )
    # Wheel and finger scroll the page; with Ctrl, which a pinch on a touchpad stands for, the wheel zooms.
    zoom = WheelZoomTool(modifiers="ctrl")
    told = hover([("word", "@word"), ("occurrences", "@count{0,0}")], [marks, dots])
    chart.add_tools(PanTool(), zoom, told, TapTool(renderers=[marks, dots]))
    chart.toolbar.active_scroll = zoom
    for renderer in (dots, marks):
        # What is clicked is gone to, not picked out.
        renderer.nonselection_glyph = None
        renderer.selection_glyph = None
    return MapChart(chart, **kept)
