"""Figures of today beside those of scenarios: rows for screens and for files alike."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from layers import wording

NO_FIGURE = "—"
# From here on tenths of a unit are noise.
LARGE = 100

Row = dict[str, Any]
Cell = dict[str, Any]
Say = Callable[[Any], str]


def row(
    label: str,
    today: Any,
    after: Sequence[Any],
    say: Say,
    *,
    more_is_better: bool | None = True,
    texts: Sequence[str] = (),
    unit: str = "",
) -> Row:
    """
    One figure: today, then of every scenario with its difference from today.

    None is a figure nobody knows; `texts` say the figures where a number does not say it all.
    `values` and `unit` are for files: shares there are per cent.
    """
    values = [today, *after]
    cells = [cell(today, None, say, more_is_better)]
    cells += [cell(value, today, say, more_is_better) for value in after]
    for shown, text in zip(cells, texts, strict=False):
        shown["text"] = text
    scale = 100 if say is percent else 1
    return {
        "label": label,
        "cells": cells,
        "unit": "%" if say is percent else unit,
        "values": [None if value is None else float(value) * scale for value in values],
    }


def change(label: str, values: Sequence[float], *, unit: str = "") -> Row:
    """A figure that is itself a difference, so that today has none."""
    cells: list[Cell] = [{"text": NO_FIGURE}]
    cells += [{"text": wording.number(value)} for value in values]
    return {"label": label, "cells": cells, "unit": unit, "values": [None, *values]}


def cell(value: Any, today: Any, say: Say, more_is_better: bool | None) -> Cell:
    """A figure, and how it differs from today's; a difference that reads as zero is none."""
    shown: Cell = {"text": NO_FIGURE if value is None else say(value)}
    if value is None or today is None or value == today:
        return shown
    less_or_more = value - today
    said = say(abs(less_or_more))
    if said == say(0):
        return shown
    if say is percent:
        # A difference of shares is told in points: 2 % more of 50 % would be 51 %.
        said = _("%(number)s pp") % {"number": wording.decimal(abs(less_or_more) * 100)}
    shown["delta_text"] = f"{'+' if less_or_more > 0 else '−'}{said}"
    if more_is_better is not None:
        shown["better"] = (less_or_more > 0) == more_is_better
    return shown


def percent(share: float) -> str:
    """0.5812 → “58.1%”: one institution moves a city by tenths."""
    return wording.decimal(share * 100) + wording.percent(0)[1:]


def minutes(value: float) -> str:
    """12.34 → “12.3”."""
    return wording.decimal(value)


def units(value: float) -> str:
    """To a tenth where that says more than a whole number: 10.64 → “10.6”, 70 → “70”."""
    rounded = round(value, 1)
    is_whole = rounded == round(rounded) or abs(rounded) >= LARGE
    return wording.number(rounded) if is_whole else wording.decimal(rounded)


def index(value: float) -> str:
    """An index or a ratio to three digits after the point; no end is written as such."""
    if value == float("inf"):
        return "∞"
    return f"{value:.3f}".replace(".", wording.decimal(0)[1])


def finite(value: float) -> float | None:
    """None for NaN, which is “nobody knows”."""
    return None if value != value else value


def shown(made: Row) -> Row:
    """A row as a screen needs it, without what is for files."""
    return {"label": made["label"], "cells": made["cells"]}
