"""The plot of a result on paper: the same shapes that its page draws."""

import re
from dataclasses import dataclass
from typing import Any

from layers.paper import (
    ACCENT,
    ACCENT_SOFT,
    HEADING_PT,
    INK,
    MARGIN_MM,
    SMALL_PT,
    SOFT,
    TINY_PT,
    WIDTH_MM,
    Report,
)
from mapping.models import AnalysisRun

PLOT_MM = 85.0


def has_plot(run: AnalysisRun) -> bool:
    """Whether its plot says more than the bars of its table."""
    curved = run.analysis in (AnalysisRun.Analysis.EQUITY, AnalysisRun.Analysis.CHOICE)
    return curved or "distribution" in run.summary


def draw_plot(report: Report, plot: dict[str, Any]) -> None:
    """The plot of the result's page, at the size that paper has for it."""
    report.ln(4)
    report.say(plot["title"], HEADING_PT, bold=True)
    report.ln(1)
    size = plot["svg"]
    scale = min(WIDTH_MM / 2 / size["width"], (PLOT_MM - 18) / size["height"])
    left, top = MARGIN_MM, report.get_y()
    pen = _Pen(report, left, top, scale)
    for path in size["paths"]:
        pen.path(path["d"], filled=path["class"] == "plot-area")
    for line in size["lines"]:
        pen.path(f"M{line['x1']},{line['y1']} L{line['x2']},{line['y2']}", filled=False)
    for bar in size["bars"]:
        pen.bar(bar)
    for tick in size["ticks"]:
        pen.text(tick["x"], tick["y"], tick["text"], tick["anchor"])
    report.set_xy(MARGIN_MM + WIDTH_MM / 2 + 6, top)
    report.say(plot["desc"], SMALL_PT, color=SOFT, width=WIDTH_MM / 2 - 6)
    report.set_xy(MARGIN_MM, max(report.get_y(), top + size["height"] * scale))


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws a plot's shapes at a place of the page; `scale` is millimetres per pixel."""

    report: Report
    left: float
    top: float
    scale: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.left + x * self.scale, self.top + y * self.scale

    def path(self, drawing: str, *, filled: bool) -> None:
        """A path of straight pieces: “M0,0 L1,1 Z”."""
        corners = re.findall(r"([\d.]+),([\d.]+)", drawing)
        points = [self.at(float(x), float(y)) for x, y in corners]
        if filled:
            self.report.set_fill_color(ACCENT_SOFT)
            self.report.polygon(points, style="F")
        else:
            self.report.set_draw_color(ACCENT)
            self.report.set_line_width(0.3)
            self.report.polyline(points)

    def bar(self, bar: dict[str, Any]) -> None:
        """A bar with its name before it and its length after it."""
        self.report.set_fill_color(ACCENT)
        width, height = bar["width"] * self.scale, bar["height"] * self.scale
        self.report.rect(*self.at(bar["x"], bar["y"]), width, height, style="F")
        self.text(bar["label_x"], bar["label_y"], bar["label"], "end")
        self.text(bar["value_x"], bar["label_y"], bar["value_text"], "start")

    def text(self, x: float, y: float, text: str, anchor: str) -> None:
        """A word whose start, middle or end stands at the place."""
        self.report.set_font(style="", size=TINY_PT)
        self.report.set_text_color(INK)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        left, baseline = self.at(x, y)
        self.report.text(left - before * self.report.get_string_width(text), baseline, text)
