"""The Bokeh figures of the page: how each road was made, and how its vectors are long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter
from bokeh.plotting import figure

from dsgns.explorer.answers import typical_norm
from dsgns.store import Output
from dsgns.vectors.words import WordVectors

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", '
    '"Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Noto Sans CJK JP", sans-serif'
)
"""Fonts that have letters of most languages: of each word's letters, the first font that has them is taken."""

_SAMPLE = 3000
"""Words whose length is shown, at most."""


def plain_figure(name: str, **settings: Any) -> Any:
    """A figure without toolbar, frame or background that fills what it is put into; colours are the page's affair."""
    made = figure(
        name=name,
        sizing_mode="stretch_both",
        toolbar_location=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        min_border=0,
        **settings,
    )
    for axis in made.axis:
        axis.update(
            axis_line_color=None,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_font=FONT,
            major_label_text_font_size="11px",
            axis_label_text_font=FONT,
            axis_label_text_font_size="12px",
            axis_label_text_font_style="normal",
            axis_label_standoff=6,
        )
    made.xgrid.grid_line_color = None
    return made


def spectrum_chart(svd: Output) -> Any:
    """The singular values of an SVD, the largest first."""
    values = svd.read("spectrum", "singular_values")["singular_values"]
    chart = plain_figure("spectrum", x_axis_label="direction", y_axis_type="log", tools="")
    source = _kept({"direction": np.arange(1, len(values) + 1), "value": values})
    line = chart.line("direction", "value", source=source, line_width=2, name="svd")
    chart.add_tools(hover([("direction", "@direction"), ("singular value", "@value{0.00}")], [line], mode="vline"))
    return chart


def loss_chart(sgns: Output) -> Any:
    """The loss of each epoch of SGNS, of the text it learned from and of the text held out."""
    curves = loss_curves(sgns)
    chart = plain_figure("loss", x_axis_label="epoch", tools="")
    lines = []
    for name, losses in curves.items():
        source = _kept({"epoch": np.arange(1, len(losses) + 1), "loss": losses, "of": [name] * len(losses)})
        dash = "dashed" if name == "held out" else "solid"
        chart.line("epoch", "loss", source=source, line_width=2, line_dash=dash, name="sgns")
        lines.append(chart.scatter("epoch", "loss", source=source, size=5, line_color=None, name="sgns"))
    chart.xaxis.ticker.update(min_interval=1, num_minor_ticks=0)
    chart.add_tools(hover([("epoch", "@epoch"), ("loss", "@loss{0.0000}"), ("of text", "@of")], lines))
    return chart


def loss_curves(sgns: Output) -> dict[str, Sequence[float]]:
    """Losses epoch by epoch, of the text learned from, and of the text held out where there is any."""
    facts = sgns.facts
    held_out = facts["held_out_loss"]
    known = any(np.isfinite(loss) and loss > 0 for loss in held_out)
    return {"learned from": facts["loss"]} | ({"held out": held_out} if known else {})


def norm_chart(roads: Mapping[str, WordVectors]) -> Any:
    """How long the vectors are, against how often their words occur; lengths in medians, so that roads compare."""
    chart = plain_figure(
        "norms", x_axis_type="log", x_axis_label="occurrences", y_axis_label="norm, in medians", tools=""
    )
    dots = []
    for road, vectors in roads.items():
        rows = _spread(len(vectors))
        source = _kept(
            {
                "word": [vectors.index_to_key[row] for row in rows],
                "count": np.ones(len(rows)) if vectors.counts is None else vectors.counts[rows],
                "norm": vectors.norms[rows] / typical_norm(vectors),
            }
        )
        dots.append(chart.scatter("count", "norm", source=source, size=4, line_color=None, fill_alpha=0.35, name=road))
        marked = _kept({"word": [], "count": [], "norm": []}, f"marked-{road}")
        chart.scatter("count", "norm", source=marked, size=11, fill_alpha=0, line_width=2, name=road)
    chart.xaxis.formatter = NumeralTickFormatter(format="0a")
    chart.add_tools(hover([("word", "@word"), ("occurrences", "@count{0,0}"), ("norm", "@norm{0.00}")], dots))
    return chart


def _spread(total: int) -> np.ndarray:
    """Rows from first to last, dense among frequent words: as occurrences are on a logarithmic axis."""
    return np.unique(np.geomspace(1, max(total, 1), _SAMPLE).astype(np.int64) - 1)[:total]


def _kept(columns: Mapping[str, Any], name: str | None = None) -> ColumnDataSource:
    return ColumnDataSource(dict(columns), name=name)


def hover(told: Sequence[tuple[str, str]], renderers: Sequence[Any], mode: str = "mouse") -> HoverTool:
    """What tells of glyphs under the pointer: names and columns, whose values Bokeh escapes."""
    rows = "".join(f'<span style="color: var(--soft)">{name}</span><span>{column}</span>' for name, column in told)
    table = f'<div style="display: grid; grid-template-columns: auto auto; gap: 0 12px; padding: 2px 4px">{rows}</div>'
    return HoverTool(tooltips=table, renderers=list(renderers), mode=mode)
