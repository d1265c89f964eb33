"""
Class breaks, palettes and legend entries: one implementation for map, legend, folium and report.

Pure. Words are not chosen here: whoever asks for a legend passes functions that write labels in
the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Shape = Literal["fill", "hatch", "dot", "line", "icon"]
RangeLabel = Callable[[float | None, float | None], str]
"""Writes a class in words from its lower and upper bound; None = open on that side."""

UNKNOWN = -1
UNKNOWN_COLOR = "#9a948b"

MINUTE_BREAKS = (5.0, 10.0, 15.0, 20.0, 30.0)
SHARE_BREAKS = (0.10, 0.25, 0.50, 0.75)

# ColorBrewer, colour-blind safe; the first is the best, the last the worst.
SEQUENTIAL = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
SEQUENTIAL_SIX = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")
SEQUENTIAL_WARM = ("#fee8c8", "#fdc38d", "#f78a54", "#d7472f", "#990000")

# What a person can say aloud: one, two or five, with zeros.
_SAYABLE = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One line of a legend: a swatch and what it stands for."""

    label: str
    color: str
    shape: Shape = "fill"
    icon: str = ""
    lower: float | None = None
    upper: float | None = None
    unknown: bool = False

    def as_json(self) -> dict[str, Any]:
        """The entry as the browser receives it; bounds and icon only where there are any."""
        entry: dict[str, Any] = {
            "label": self.label,
            "color": self.color,
            "shape": self.shape,
        }
        if self.icon:
            entry["icon"] = self.icon
        if self.lower is not None:
            entry["from"] = self.lower
        if self.upper is not None:
            entry["to"] = self.upper
        if self.unknown:
            entry["unknown"] = True
        return entry


@dataclass(frozen=True, slots=True)
class Classes:
    """
    Values cut into classes: one colour more than breaks, and grey hatch for the unknown.

    Raises ValueError when the colours do not fit the breaks, or the breaks do not rise.
    """

    breaks: tuple[float, ...]
    palette: tuple[str, ...] = SEQUENTIAL

    def __post_init__(self) -> None:
        if len(self.palette) != len(self.breaks) + 1:
            raise ValueError(
                f"palette: got {len(self.palette)} colours, wanted {len(self.breaks) + 1}"
            )
        if any(low >= high for low, high in zip(self.breaks, self.breaks[1:], strict=False)):
            raise ValueError(f"breaks: got {self.breaks}, wanted rising numbers")

    def index(self, value: float | None) -> int:
        """Class of one value; UNKNOWN where there is none."""
        return int(classify([math.nan if value is None else value], self.breaks)[0])

    def color(self, value: float | None) -> str:
        """Colour of one value; grey where there is none."""
        index = self.index(value)
        return UNKNOWN_COLOR if index == UNKNOWN else self.palette[index]

    def entries(self, label: RangeLabel, unknown_label: str) -> tuple[LegendEntry, ...]:
        """Legend lines from best to worst, the unknown last."""
        edges = (None, *self.breaks, None)
        known = (
            LegendEntry(label=label(lower, upper), color=color, lower=lower, upper=upper)
            for color, lower, upper in zip(self.palette, edges, edges[1:], strict=False)
        )
        unknown = LegendEntry(label=unknown_label, color=UNKNOWN_COLOR, shape="hatch", unknown=True)
        return (*known, unknown)


def classify(values: ArrayLike, breaks: Sequence[float]) -> NDArray[np.intp]:
    """
    Class of each value: the number of breaks it exceeds.

    A value that equals a break belongs to the class below it: 15 minutes are still “up to 15”.
    What is not finite (no data, no path) is UNKNOWN.
    """
    numbers = np.asarray(values, dtype=float)
    index = np.searchsorted(np.asarray(breaks, dtype=float), numbers, side="left")
    return np.where(np.isfinite(numbers), index, UNKNOWN)


def sayable(value: float) -> float:
    """The nearest of 1, 2, 5, 10, 20, 50 … (on a ratio scale); zero and below stay zero."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    nearest = min(_SAYABLE, key=lambda step: abs(math.log(value / (step * power))))
    return nearest * power


def round_breaks(values: ArrayLike, count: int) -> tuple[float, ...]:
    """
    At most `count - 1` rising round breaks, at about equal shares of the values from 1 up.

    Fewer where values crowd together; none where no value reaches 1.
    """
    numbers = np.asarray(values, dtype=float)
    whole = numbers[np.isfinite(numbers) & (numbers >= 1)]
    if whole.size == 0:
        return ()
    cuts = np.quantile(whole, np.arange(1, count) / count)
    return tuple(sorted({sayable(float(cut)) for cut in cuts}))


def count_classes(values: ArrayLike, palette: tuple[str, ...] = SEQUENTIAL_WARM) -> Classes:
    """Classes for counts of people: round breaks, the palette thinned evenly to their number."""
    breaks = round_breaks(values, len(palette))
    chosen = np.linspace(0, len(palette) - 1, len(breaks) + 1).round().astype(int)
    return Classes(breaks, tuple(palette[place] for place in chosen))


SHARE_UNCOVERED = Classes(SHARE_BREAKS, SEQUENTIAL)
WALK_MINUTES = Classes(MINUTE_BREAKS, SEQUENTIAL_SIX)
