"""
Plots as shapes and words: coordinates are computed here, a template draws them.

Pure. The y axis of a plot points down, as on a screen; sizes are in pixels of the view box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 360, 260
LEFT, RIGHT, TOP, BOTTOM = 48, 24, 12, 36
BAR_HEIGHT, BAR_GAP, BAR_LEFT, BAR_RIGHT = 20, 8, 176, 76
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, and the length as it is said."""

    label: str
    value: float
    text: str


def _plot(kind: str, title: str, desc: str, height: float, **parts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"paths": [], "lines": [], "bars": [], "ticks": []}
    frame = {"width": WIDTH, "height": height, "view_box": f"0 0 {WIDTH} {height:g}"}
    return {"kind": kind, "title": title, "desc": desc, "svg": {**frame, **empty, **parts}}


def lorenz(
    points: Sequence[tuple[float, float]],
    *,
    title: str,
    desc: str,
    x_label: str,
    y_label: str,
    say: Callable[[float], str] = "{:.0%}".format,
) -> dict[str, Any]:
    """
    The Lorenz curve and the line of equality.

    Parameters
    ----------
    points
        Rising shares of people and of access, both from 0 to 1.
    say
        A share as the reader's language writes it.
    """
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return round(LEFT + x * wide, 1), round(TOP + (1 - y) * high, 1)

    curve = "M" + " L".join(f"{x:g},{y:g}" for x, y in (at(*point) for point in points))
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    ticks = [
        {"x": at(share, 0)[0], "y": y0 + 16, "text": say(share), "anchor": "middle"}
        for share in TICKS
    ] + [
        {"x": x0 - 6, "y": at(0, share)[1] + 4, "text": say(share), "anchor": "end"}
        for share in TICKS
    ]
    names = [
        {"x": (x0 + x1) / 2, "y": HEIGHT - 4, "text": x_label, "anchor": "middle"},
        {"x": x0 + 6, "y": y1 + 12, "text": y_label, "anchor": "start"},
    ]
    return _plot(
        "lorenz",
        title,
        desc,
        HEIGHT,
        paths=[
            {"d": f"{curve} L{x1:g},{y0:g} L{x0:g},{y0:g} Z", "class": "plot-area"},
            {"d": curve, "class": "plot-curve"},
        ],
        lines=[
            {"x1": x0, "y1": y0, "x2": x1, "y2": y1, "class": "plot-equal"},
            {"x1": x0, "y1": y0, "x2": x1, "y2": y0, "class": "plot-axis"},
            {"x1": x0, "y1": y0, "x2": x0, "y2": y1, "class": "plot-axis"},
        ],
        ticks=[*ticks, *names],
    )


def bars(given: Sequence[Bar], *, title: str, desc: str) -> dict[str, Any]:
    """Lying bars under each other, the longest as long as there is room."""
    longest = max((bar.value for bar in given), default=0.0)
    room = WIDTH - BAR_LEFT - BAR_RIGHT
    drawn = []
    for number, bar in enumerate(given):
        y = TOP + number * (BAR_HEIGHT + BAR_GAP)
        width = round(bar.value / longest * room, 1) if longest else 0.0
        drawn.append(
            {
                "x": BAR_LEFT,
                "y": y,
                "width": width,
                "height": BAR_HEIGHT,
                "label": bar.label,
                "value_text": bar.text,
                "label_x": BAR_LEFT - 8,
                "label_y": y + BAR_HEIGHT * 0.72,
                "value_x": round(BAR_LEFT + width + 6, 1),
            }
        )
    height = 2 * TOP + len(given) * (BAR_HEIGHT + BAR_GAP) - BAR_GAP
    return _plot("bars", title, desc, max(height, 2 * TOP), bars=drawn)
