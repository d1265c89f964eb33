"""A coverage run as a table, in every form it leaves the house: the one place that knows them."""

from dataclasses import dataclass
from typing import Any

import h3
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from shapely.geometry.base import BaseGeometry

from layers import sheets, styles, wording
from layers.choice import Choice
from layers.sheets import Column, ColumnKind, Sheet, Style
from mapping.models import AnalysisRun, CoverageRow, Source
from mapping.queries import coverage
from mapping.queries.institutions import branch_ids, find_kind
from mapping.queries.layers import coverage_inputs, sources_of

HEADINGS: dict[str, tuple[Any, ColumnKind]] = {
    "rank": (lazy("Place"), "count"),
    "name": (lazy("Territory"), "text"),
    "people": (lazy("People"), "count"),
    "covered": (lazy("Within reach"), "count"),
    "uncovered": (lazy("Too far"), "count"),
    "unknown": (lazy("Unknown"), "count"),
    "share": (lazy("Share within reach"), "share"),
    "median_minutes": (lazy("Median way, minutes"), "minutes"),
    "synthetic": (lazy("Demonstration data"), "flag"),
    "modelled": (lazy("Modelled"), "flag"),
}
CONTENT_TYPES = sheets.CONTENT_TYPES


@dataclass(frozen=True, slots=True)
class Table:
    """A run over the territories of one level."""

    run: AnalysisRun
    level: str
    rows: tuple[CoverageRow, ...]

    @property
    def totals(self) -> dict[str, Any]:
        return self.run.summary["totals"][self.level]

    @property
    def completeness(self) -> dict[str, Any]:
        return self.run.summary["completeness"]

    @property
    def marks(self) -> list[str]:
        """Codes of the marks that hold, in their usual order."""
        return wording.mark_codes(self.run, self.level)


def table_of(run: AnalysisRun, level: str) -> Table:
    """The rows of a run for one level, most people left out first."""
    return Table(run, level, tuple(coverage.rows_of(run, level)))


def file_stem(choice: Choice) -> str:
    """A file name that says what is inside."""
    return "-".join(
        [choice.city.slug, choice.kind.code, f"{choice.minutes:g}", choice.group, choice.level]
    )


def encode(table: Table, form: str) -> bytes:
    """The table in a form of CONTENT_TYPES; raises UnknownNameError for any other."""
    if form == "json":
        return sheets.encode(contract(table), form)
    return sheets.encode(sheet_of(table), form)


def contract(table: Table) -> Sheet:
    """The stable contract of `--format json`."""
    return Sheet(
        name="coverage",
        title="",
        columns=(),
        rows=[figures(row) for row in table.rows],
        head=summary(table),
        rows_key="territories",
    )


def sheet_of(table: Table) -> Sheet:
    """The table as it is read apart from us: with marks, sources, shapes and colours."""
    return Sheet(
        name="coverage",
        title=_("Coverage"),
        columns=tuple(Column(key, str(words), kind) for key, (words, kind) in HEADINGS.items()),
        rows=[_marked(table, row) for row in table.rows],
        shapes=[_shape(row) for row in table.rows],
        head=summary(table),
        about=tuple(about_lines(table)),
        style=Style(
            expression='1 - "share"',
            entries=styles.SHARE_UNCOVERED.entries(wording.share_range, _("no data")),
        ),
    )


def summary(table: Table) -> dict[str, Any]:
    """The stable contract of `--format json`, without the territories."""
    run, totals = table.run, table.totals
    return {
        "city": run.city.slug,
        "kind": run.parameters["kind"],
        "minutes": _plain(run.parameters["minutes"]),
        "group": run.parameters["group"],
        "mode": run.parameters["mode"],
        "speed_kmh": run.parameters["speed_kmh"],
        "by": table.level,
        "run_id": run.pk,
        "people": _plain(totals["people"]),
        "covered": _plain(totals["covered"]),
        "uncovered": _plain(totals["uncovered"]),
        "unknown": _plain(totals["unknown"]),
        "no_path": _plain(totals["no_path"]),
        "outside": _plain(totals["outside"]),
        "share": totals["share"],
        "median_minutes": _minutes(totals["median_minutes"]),
        "completeness": table.completeness,
        "marks": table.marks,
    }


def _plain(value: float) -> float | int:
    """A whole number without “.0”, another one to the hundredth."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def figures(row: CoverageRow) -> dict[str, Any]:
    """One territory as the contract has it."""
    return {
        "name": wording.territory_name(row) if row.level != "grid" else row.cell,
        "people": _plain(row.people),
        "covered": _plain(row.covered),
        "uncovered": _plain(row.uncovered),
        "unknown": _plain(row.unknown),
        "share": row.share,
        "median_minutes": _minutes(row.median_minutes),
        "rank": row.rank,
    }


def _marked(table: Table, row: CoverageRow) -> dict[str, Any]:
    """The figures with the marks that concern them, for files that are read apart from us."""
    territory = row.district or row.tos
    return figures(row) | {
        "synthetic": "synthetic" in table.marks or bool(territory and territory.synthetic),
        "modelled": "modelled" in table.marks,
    }


def about_lines(table: Table) -> list[str]:
    """What a table needs beside it when it is read apart from the map."""
    return fact_lines(table) + note_lines(table)


def fact_lines(table: Table) -> list[str]:
    """Which question, when, and how many institutions the answer rests on."""
    run = table.run
    return [
        run_line(run),
        _("Minutes on foot: %(minutes)s; speed: %(speed)s km/h; counted: %(group)s")
        % {
            "minutes": f"{run.parameters['minutes']:g}",
            "speed": wording.decimal(run.parameters["speed_kmh"]),
            "group": wording.GROUPS_COUNTED[run.parameters["group"]],
        },
        completeness_line(table),
    ]


def run_line(run: AnalysisRun) -> str:
    """Which run of which city, and of what day."""
    return _("%(city)s, run %(run)s of %(date)s") % {
        "city": run.city.label,
        "run": run.pk,
        "date": f"{run.finished_at:%d.%m.%Y}",
    }


def note_lines(table: Table) -> list[str]:
    """What the marks mean, and the sources with their licences."""
    marks = ["{text}: {note}".format(**wording.mark(code)) for code in table.marks]
    return marks + _source_lines(table)


def completeness_line(table: Table) -> str:
    """How many institutions the figures rest on."""
    known = table.completeness
    return wording.completeness(
        located=known["located"],
        listed=known["listed"],
        official=known["official"],
        kind_plural=find_kind(table.run.parameters["kind"]).genitive_label,
    )


def _source_lines(table: Table) -> list[str]:
    family = branch_ids(find_kind(table.run.parameters["kind"]))
    return [source_line(each) for each in sources_of(coverage_inputs(table.run.city, family))]


def source_line(source: Source) -> str:
    """A source with its licence, on one line of a file."""
    said = [source.label, source.attribution_label, source.license_label, source.url]
    return " · ".join(filter(None, said))


def _shape(row: CoverageRow) -> BaseGeometry | None:
    territory = row.district or row.tos
    if territory is None:
        ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(row.cell)]
        return shapely.Polygon(ring)
    return shapely.from_wkb(bytes(territory.geometry.wkb)) if territory.geometry else None
