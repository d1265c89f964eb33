"""The result of a run for the screen: headline, facts, table, plot, marks, files to take away."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from layers import bars, columns, findings, looks, plots, run_layers, run_tables, wording
from layers.choice import Choice
from layers.http import language
from layers.links import card_url
from layers.run_tables import Line, RunTable
from layers.sheets import Column
from mapping.models import AnalysisRun

# A ranking is read from its worst end; files carry every row.
ROWS_SHOWN = 200
BARS_SHOWN = 12
LABEL_LETTERS = 23
TERRITORIES = ("district", "tos")
# Sorts of rows that have a card of their own.
CARDS = ("institution", "district", "tos", "cell")
TABLE_FORMS = {
    "xlsx": lazy("Table for Excel"),
    "csv": lazy("Table (CSV)"),
    "json": lazy("Figures (JSON)"),
}
MAP_FORMS = {
    "gpkg": lazy("Layer for QGIS (GeoPackage)"),
    "geojson": lazy("Layer (GeoJSON)"),
}


def context(run: AnalysisRun, key: str = "") -> dict[str, Any]:
    """
    Everything a result shows; `key` names the table.

    Raises UnknownNameError for a table that the run does not have.
    """
    known = run_tables.keys_of(run)
    table = run_tables.read(run, key, limit=ROWS_SHOWN) if known or key else None
    shown = table.key if table else ""
    path = reverse("data:run_layers", args=[run.city.slug, run.pk])
    return {
        "run": _run_words(run),
        "measure": run.analysis,
        "measure_label": str(AnalysisRun.Analysis(run.analysis).label),
        "headline": findings.headline(run, shown),
        "facts": findings.facts(run, shown),
        "tables": [_table_link(run, each, total, table) for each, total in known.items()],
        "table": _table_words(table) if table else None,
        "plot": _plot(run, table) if table else None,
        "marks": findings.marks(run, shown),
        "completeness": findings.completeness(run),
        "unknown": findings.unknown(run, shown),
        "exports": exports(run, table) if table else [],
        "features_url": _features_url(run, table) if table else "",
        "layers_url": f"{path}?lang={language()}",
        "legend": _legend(run, table) if table else None,
    }


def address(run: AnalysisRun) -> str:
    """Where the result of a run is shown."""
    return reverse("layers:result", args=[run.city.slug, run.pk])


def _run_words(run: AnalysisRun) -> dict[str, Any]:
    seconds = sum(value for value in run.timings.values() if isinstance(value, int | float))
    return {
        "id": run.pk,
        "url": reverse("layers:run", args=[run.city.slug, run.pk]),
        "computed_at": run.finished_at,
        "seconds_text": _("%(seconds)s s") % {"seconds": wording.quantity(seconds)},
        "is_active": run.is_active,
    }


def _table_link(run: AnalysisRun, key: str, total: int, current: RunTable | None) -> dict[str, Any]:
    return {
        "key": key,
        "label": run_tables.title_of(run, key),
        "url": f"{address(run)}?table={key}",
        "current": bool(current and current.key == key),
        "rows_total": total,
    }


def _table_words(table: RunTable) -> dict[str, Any]:
    choice = run_layers.base_choice(table.run)
    return {
        "key": table.key,
        "label": table.title,
        "columns": [
            {
                "key": column.key,
                "label": column.heading,
                "align": "start" if column.kind in ("text", "flag") else "end",
                "kind": column.kind,
            }
            for column in table.columns
        ],
        "rows": [
            _row(table, line, bar, choice)
            for line, bar in zip(table.lines, bars.shares(table), strict=True)
        ],
        "rows_total": table.total,
        "note": " ".join(_notes(table)),
    }


def _notes(table: RunTable) -> Iterator[str]:
    """What must be known to read the table right."""
    shown = len(table.lines)
    if shown < table.total:
        rest = _("The first %(shown)s of %(total)s; files hold all of them.")
        yield rest % {"shown": shown, "total": table.total}
    if bars.has_several_scales(table.lines):
        yield _("Bars of institutions and bars of seats have a scale each.")


def _row(table: RunTable, line: Line, bar: float | None, choice: Choice) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": line.type,
        "id": line.id,
        "name": line.name,
        "rank": line.position,
        "url": _card(line, choice),
        "cells": [columns.cell(column, line.values.get(column.key)) for column in table.columns],
        "values": line.values,
        "bar": bar,
        "marks": [wording.mark(mark) for mark in run_tables.MARKS if mark in line.marks],
    }
    place = getattr(line.row, "geometry", None)
    if place is not None and place.geom_type == "Point":
        row |= {"lat": round(place.y, 6), "lon": round(place.x, 6)}
    return row


def _card(line: Line, choice: Choice) -> str:
    """The card of what a row is about, where it has one."""
    institution_id = getattr(line.row, "institution_id", None)
    if line.type in CARDS:
        return card_url(choice, line.type, line.id)
    return card_url(choice, "institution", institution_id) if institution_id else ""


def exports(run: AnalysisRun, table: RunTable) -> list[dict[str, str]]:
    """The shown table in the forms that make sense for it."""
    drawn = looks.look_of(run, table.key) is not None
    forms = {**TABLE_FORMS, **(MAP_FORMS if drawn else {})}
    offered = [
        {
            "form": form,
            "label": str(label),
            "url": reverse("layers:export_table", args=[run.city.slug, run.pk, table.key, form]),
        }
        for form, label in forms.items()
    ]
    path = reverse("layers:export_pdf", args=[run.city.slug, run.pk])
    report = {
        "form": "pdf",
        "label": _("Report for the meeting (PDF)"),
        "url": f"{path}?table={table.key}",
    }
    path = reverse("layers:export_run_map", args=[run.city.slug, run.pk])
    chart = {
        "form": "html",
        "label": _("Map as one file"),
        "url": f"{path}?table={table.key}",
    }
    return [report, *offered, *([chart] if drawn else [])]


def _features_url(run: AnalysisRun, table: RunTable) -> str:
    if looks.look_of(run, table.key) is None:
        return ""
    path = reverse("data:run_features", args=[run.city.slug, run.pk, table.key])
    return f"{path}?lang={language()}"


def _legend(run: AnalysisRun, table: RunTable) -> dict[str, Any] | None:
    look = looks.look_of(run, table.key)
    return run_layers.legend(run, look, table.lines) if look and table.lines else None


def _plot(run: AnalysisRun, table: RunTable) -> dict[str, Any] | None:
    """The curve of inequality, people by what they have, or the ranking as bars."""
    if run.analysis == AnalysisRun.Analysis.EQUITY:
        return _lorenz(run)
    if run.analysis == AnalysisRun.Analysis.CHOICE:
        return _by_number(run)
    if "distribution" in run.summary:
        return _distribution(run)
    return _ranking(table)


def _lorenz(run: AnalysisRun) -> dict[str, Any]:
    points = [
        (values["people_share"], values["access_share"])
        for values in run_tables.rows_of(run, "lorenz").values_list("values", flat=True)
    ]
    return plots.lorenz(
        points,
        title=_("Lorenz curve"),
        desc=_("The farther the curve lies below the straight line, the less even the access is."),
        x_label=_("share of people, from the least access"),
        y_label=_("share of access"),
        say=wording.percent,
    )


def _by_number(run: AnalysisRun) -> dict[str, Any]:
    rows = run_tables.rows_of(run, "by_number").values_list("values", flat=True)
    drawn = [
        plots.Bar(f"{values['kinds']:g}", values["people"], wording.number(values["people"]))
        for values in rows
    ]
    return plots.bars(
        drawn,
        title=_("People by the number of kinds in reach"),
        desc=_("On the left the number of kinds, on the right the number of people."),
    )


def _distribution(run: AnalysisRun) -> dict[str, Any]:
    drawn = [
        plots.Bar(
            wording.minutes_range(band["from"] or None, band["to"]),
            band["people"],
            wording.number(band["people"]),
        )
        for band in run.summary["distribution"]
    ]
    return plots.bars(
        drawn,
        title=_("People by the way to the nearest"),
        desc=_("On the left minutes on foot, on the right the number of people."),
    )


def _ranking(table: RunTable) -> dict[str, Any] | None:
    lines = _comparable(table)[:BARS_SHOWN]
    if not table.bar or len(lines) < 2:
        return None
    column = columns.column(table.bar, lines[0].values[table.bar])
    return plots.bars(
        [
            plots.Bar(
                _label(line),
                bars.length(table, line),
                columns.cell(column, line.values[table.bar]),
            )
            for line in lines
        ],
        title=_ranking_title(table, lines[0], column),
        desc=_("The first %(number)s rows of the table.") % {"number": len(lines)}
        if len(lines) < table.total
        else _("All rows of the table that have any."),
    )


def _ranking_title(table: RunTable, first: Line, column: Column) -> str:
    """What the bars measure, and of what where the table has more than one sort of it."""
    if not first.values.get("norm"):
        return column.heading
    if table.key in TERRITORIES:
        return f"{first.values['facility']}: {column.heading}"
    return f"{column.heading}: {columns.UNITS.get(bars.unit(first), '')}"


def _comparable(table: RunTable) -> list[Line]:
    """
    Rows with bars that one plot can hold.

    Territories stand there once per norm: the first norm that lacks anything. Norms of the city
    are counted in institutions or in seats: those in the unit of the first one, longest first.
    """
    lines = [line for line in table.lines if bars.length(table, line) > 0]
    if not lines or not lines[0].values.get("norm"):
        return lines
    if table.key in TERRITORIES:
        return [line for line in lines if line.values["norm"] == lines[0].values["norm"]]
    alike = [line for line in lines if bars.unit(line) == bars.unit(lines[0])]
    return sorted(alike, key=lambda line: -bars.length(table, line))


def _label(line: Line) -> str:
    """A name beside a bar; what a norm asks for keeps its rate, which tells two of them apart."""
    rate = run_tables.rate_of(line.row.values) if line.type == "city" else ""
    if not rate or len(line.name) <= LABEL_LETTERS:
        return _short(line.name)
    return f"{_short(line.name, LABEL_LETTERS - len(rate) - 1)} {rate}"


def _short(name: str, letters: int = LABEL_LETTERS) -> str:
    """A name that has no room loses its brackets first, then its end."""
    short = name if len(name) <= letters else name.partition(" (")[0]
    return short if len(short) <= letters else f"{short[: letters - 1].rstrip()}…"
