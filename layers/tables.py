"""A coverage run as a table, in every form it leaves the house: the one place that knows them."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h3
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from shapely.geometry.base import BaseGeometry

from layers import wording
from layers.choice import Choice
from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun, CoverageRow
from mapping.queries import coverage
from mapping.queries.institutions import branch_ids, find_kind
from mapping.queries.layers import coverage_inputs, sources_of

HEADINGS = {
    "rank": lazy("Place"),
    "name": lazy("Territory"),
    "people": lazy("People"),
    "covered": lazy("Within reach"),
    "uncovered": lazy("Too far"),
    "unknown": lazy("Unknown"),
    "share": lazy("Share within reach"),
    "median_minutes": lazy("Median way, minutes"),
    "synthetic": lazy("Demonstration data"),
    "modelled": lazy("Modelled"),
}
EXCEL_BOM = "\ufeff"


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
    if form not in _ENCODERS:
        raise UnknownNameError("format", form, CONTENT_TYPES)
    return _ENCODERS[form](table)


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


def _json(table: Table) -> bytes:
    document = summary(table) | {"territories": [figures(row) for row in table.rows]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _csv(table: Table) -> bytes:
    """
    For Excel as it is set up in Russia: `;` between cells, a decimal comma, a byte order mark.

    With a point, Excel would read 12.5 minutes as the twelfth of May.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";")
    writer.writerow([str(heading) for heading in HEADINGS.values()])
    for row in table.rows:
        marked = _marked(table, row)
        writer.writerow([_cell(marked[name]) for name in HEADINGS])
    return (EXCEL_BOM + file.getvalue()).encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return (
            f"{value:.4g}".replace(".", ",") if abs(value) < 1 else f"{value:.2f}".replace(".", ",")
        )
    text = str(value)
    # A name that begins like a formula must stay a name.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _xlsx(table: Table) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = _("Coverage")
    sheet.append([str(heading) for heading in HEADINGS.values()])
    for row in table.rows:
        marked = _marked(table, row)
        sheet.append([_excel(marked[name]) for name in HEADINGS])
    _dress(sheet)
    notes = book.create_sheet(_("About"))
    for line in about_lines(table):
        notes.append([line])
    notes.column_dimensions["A"].width = 100
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _excel(value: object) -> object:
    if isinstance(value, str):
        return _cell(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value


def _dress(sheet: Any) -> None:
    sheet.freeze_panes = "C2"
    for number, name in enumerate(HEADINGS, start=1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = 40 if name == "name" else 18
        if name == "share":
            for cell in sheet[letter][1:]:
                cell.number_format = "0%"
        if name == "median_minutes":
            for cell in sheet[letter][1:]:
                cell.number_format = "0.0"


def about_lines(table: Table) -> list[str]:
    """What a table needs beside it when it is read apart from the map."""
    return fact_lines(table) + note_lines(table)


def fact_lines(table: Table) -> list[str]:
    """Which question, when, and how many institutions the answer rests on."""
    run = table.run
    return [
        _("%(city)s, run %(run)s of %(date)s")
        % {
            "city": run.city.label,
            "run": run.pk,
            "date": f"{run.finished_at:%d.%m.%Y}",
        },
        _("Minutes on foot: %(minutes)s; speed: %(speed)s km/h; counted: %(group)s")
        % {
            "minutes": f"{run.parameters['minutes']:g}",
            "speed": wording.decimal(run.parameters["speed_kmh"]),
            "group": wording.GROUPS_COUNTED[run.parameters["group"]],
        },
        completeness_line(table),
    ]


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
    return [
        " · ".join(filter(None, [each.title, each.attribution, each.license, each.url]))
        for each in sources_of(coverage_inputs(table.run.city, family))
    ]


def _shape(row: CoverageRow) -> BaseGeometry | None:
    territory = row.district or row.tos
    if territory is None:
        ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(row.cell)]
        return shapely.Polygon(ring)
    return shapely.from_wkb(bytes(territory.geometry.wkb)) if territory.geometry else None


def _geojson(table: Table) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shape) if shape else None,
            "properties": _marked(table, row),
        }
        for row, shape in ((row, _shape(row)) for row in table.rows)
    ]
    document = {
        "type": "FeatureCollection",
        "features": features,
        "summary": summary(table),
        "about": about_lines(table),
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _geopackage(table: Table) -> bytes:
    # Only here: it would cost every web process two seconds and a hundred megabytes.
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        [_marked(table, row) for row in table.rows],
        columns=list(HEADINGS),
        geometry=[_shape(row) for row in table.rows],
        crs=4326,
    )
    metadata = {f"about_{number}": line for number, line in enumerate(about_lines(table), start=1)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "coverage.gpkg"
        frame.to_file(path, layer="coverage", driver="GPKG", layer_metadata=metadata)
        return path.read_bytes()


_ENCODERS: dict[str, Callable[[Table], bytes]] = {
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "geojson": _geojson,
    "gpkg": _geopackage,
}
CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
