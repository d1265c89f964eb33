"""The tables of any run, read once for the screen, the map and the files that leave the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import h3
import shapely
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from shapely.geometry.base import BaseGeometry

from layers import columns, findings, looks, tables, wording
from layers.sheets import Column, Sheet
from mapping.errors import UnknownNameError
from mapping.models import AnalysisRun, CoverageRow, InstitutionKind, RunRow
from mapping.queries import coverage

MARKS = ("synthetic", "modelled", "approximate")
APPROXIMATE = wording.APPROXIMATE_ACCURACIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a table is called and what of it a screen has room for; files carry everything."""

    title: Any
    shown: tuple[str, ...] = ()
    """Keys of the columns, in order; empty: whatever its first row has."""
    bar: str = ""
    """The figure a row is ranked by, drawn as a bar."""
    name: str = ""
    """The figure that names a row which has no name of its own."""


TITLES = {
    "district": lazy("By district"),
    "tos": lazy("By ТОС territory"),
    "grid": lazy("By map cell"),
    "institution": lazy("By institution"),
    "city": lazy("The whole city"),
}
COVERAGE_COLUMNS = ("people", "covered", "uncovered", "unknown", "share", "median_minutes")
_ACCESS = (
    "people",
    "people_without",
    "mean",
    "mean_per_1000",
    "median",
    "median_per_1000",
)
_EQUITY = (
    "people",
    "mean_access",
    "mean_per_1000",
    "mean_minutes",
    "people_share",
    "access_share",
    "theil_part",
)
# Shared capacity is told per 1,000 people: of one person it is a speck.
PER_1000 = {"mean": "mean_per_1000", "mean_access": "mean_per_1000", "median": "median_per_1000"}
_NORMS = (
    "facility",
    "people",
    "required_min",
    "required_max",
    "existing",
    "shortfall_min",
    "shortfall_max",
    "shortfall_at_most",
    "share_within_norm_minutes",
    "minutes",
    "act",
    "clause",
    "confidence",
)
_CHOICE = ("people", "people_without_any", "institutions_median", "kinds_median", "diversity_mean")
_TRANSIT = (
    "people",
    "covered",
    "gained",
    "uncovered",
    "share",
    "median_minutes",
    "late_minutes",
    "walk_median_minutes",
)
PLANS: Mapping[tuple[str, str], Plan] = {
    **{
        ("coverage", level): Plan(title=TITLES[level], shown=COVERAGE_COLUMNS, bar="uncovered")
        for level in ("district", "tos", "grid")
    },
    **{
        (measure, level): Plan(title=TITLES[level], shown=shown, bar=bar)
        for measure, shown, bar in (
            ("accessibility", _ACCESS, "people_without"),
            ("equity", _EQUITY, "theil_part"),
            ("choice", _CHOICE, "people_without_any"),
        )
        for level in ("district", "tos")
    },
    ("accessibility", "institution"): Plan(
        title=TITLES["institution"],
        shown=("people_in_reach", "capacity", "capacity_is_default", "load"),
        bar="load",
    ),
    ("equity", "lorenz"): Plan(title=lazy("Lorenz curve"), shown=("people_share", "access_share")),
    ("provision", "city"): Plan(title=TITLES["city"], shown=_NORMS[1:], bar="shortfall_min"),
    ("provision", "district"): Plan(title=TITLES["district"], shown=_NORMS, bar="shortfall_min"),
    ("choice", "by_number"): Plan(
        title=lazy("By number of kinds in reach"), shown=("people",), bar="people", name="kinds"
    ),
    ("audience", "institution"): Plan(
        title=TITLES["institution"],
        shown=(
            *(f"people_{minutes}" for minutes in (5, 10, 15, 30)),
            "only_here_share",
            "neighbours",
        ),
        bar="people_15",
    ),
    ("white_spots", "spot"): Plan(
        title=lazy("White spots"),
        shown=("people", "homes", "median_minutes", "nearest_minutes", "nearest"),
        bar="people",
    ),
    ("service_areas", "area"): Plan(
        title=lazy("Service areas"),
        shown=("people", "false_in", "false_out"),
        bar="people",
        name="minutes",
    ),
    ("service_areas", "institution_area"): Plan(
        title=TITLES["institution"], shown=("minutes", "people"), bar="people"
    ),
    ("uncertainty", "draw_summary"): Plan(
        title=lazy("What makes it uncertain"), shown=("low", "high", "width"), name="source"
    ),
    **{
        (measure, level): Plan(title=TITLES[level], shown=shown, bar="uncovered")
        for measure, shown in (("transit", _TRANSIT), ("transit:on_foot", COVERAGE_COLUMNS))
        for level in ("district", "tos")
    },
    ("siting", "pick"): Plan(
        title=lazy("Chosen places"),
        shown=("added", "people_within", "kind", "address", "accuracy"),
        bar="added",
    ),
    ("siting", "candidate"): Plan(
        title=lazy("Candidates"),
        shown=("people_within", "is_chosen", "is_open", "kind", "accuracy"),
        bar="people_within",
    ),
    ("siting", "district"): Plan(
        title=TITLES["district"],
        shown=("people", "covered_before", "covered", "added", "uncovered", "share"),
        bar="uncovered",
    ),
    **{
        (f"siting:{aim}", "pick"): Plan(
            title=lazy("Chosen places"), shown=(gain, "kind", "address", "accuracy"), bar=gain
        )
        for aim, gain in (("p_median", "saved_person_minutes"), ("p_centre", "people_brought"))
    },
    ("siting:by_minutes", "candidate"): Plan(
        title=lazy("Candidates"), shown=("is_chosen", "is_open", "kind", "accuracy")
    ),
    ("siting:by_minutes", "district"): Plan(
        title=TITLES["district"],
        shown=(
            "people",
            "mean_walk_minutes_before",
            "mean_walk_minutes",
            "worst_minutes",
            "people_out_of_reach",
        ),
        bar="mean_walk_minutes",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table: what it is about, its figures, and its marks."""

    type: str
    id: str
    name: str
    position: int
    values: Mapping[str, Any]
    marks: frozenset[str] = frozenset()
    row: RunRow | CoverageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTable:
    """A table of a run, or the beginning of it."""

    run: AnalysisRun
    key: str
    title: str
    columns: tuple[Column, ...]
    """What a screen has room for, without the place and the name."""
    lines: Sequence[Line]
    total: int
    bar: str = ""


def keys_of(run: AnalysisRun) -> dict[str, int]:
    """Tables of the run in the order they were planned, with the number of their rows."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        counts = run.coverage_rows.order_by().values_list("level").annotate(Count("pk"))
    else:
        counts = run.rows.order_by().values_list("table").annotate(Count("pk"))
    found = dict(counts)
    planned = [key for analysis, key in PLANS if analysis == run.analysis and key in found]
    return {key: found[key] for key in [*planned, *sorted(set(found) - set(planned))]}


def read(run: AnalysisRun, key: str = "", *, limit: int | None = None) -> RunTable:
    """
    A table of a run, its first one unless named; at most `limit` lines.

    Raises UnknownNameError, naming the tables there are.
    """
    known = keys_of(run)
    key = key or next(iter(known), "")
    if key not in known:
        raise UnknownNameError("table", key, known)
    plan = _plan(run, key)
    kinds = {kind.code: kind.label for kind in InstitutionKind.objects.all()}
    lines = [_line(run, key, row, kinds) for row in rows_of(run, key)[:limit]]
    return RunTable(
        run=run,
        key=key,
        title=str(plan.title),
        columns=_shown(plan, lines),
        lines=lines,
        total=known[key],
        bar=plan.bar,
    )


def title_of(run: AnalysisRun, key: str) -> str:
    """What a table of a run is called."""
    return str(_plan(run, key).title)


def _plan(run: AnalysisRun, key: str) -> Plan:
    planned = (PLANS.get((name, key)) for name in looks.subjects(run))
    return next(filter(None, planned), Plan(title=TITLES.get(key, key)))


def rows_of(run: AnalysisRun, key: str) -> QuerySet:
    """Stored rows of a table with what names and draws them, in their order."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        return coverage.rows_of(run, key)
    return run.rows.filter(table=key).select_related("district", "tos", "institution__kind")


def _shown(plan: Plan, lines: Sequence[Line]) -> tuple[Column, ...]:
    """Planned columns that have a figure somewhere; without a plan, all of the first line."""
    if not lines:
        return ()
    keys = plan.shown or tuple(lines[0].values)
    present = [key for key in keys if any(line.values.get(key) is not None for line in lines)]
    return tuple(columns.column(key, lines[0].values.get(key)) for key in present)


def _line(run: AnalysisRun, key: str, row: RunRow | CoverageRow, kinds: Mapping[str, str]) -> Line:
    if isinstance(row, CoverageRow):
        return _coverage_line(run, row)
    kind, identifier = _thing(row, key)
    values = columns.flatten(_per_1000(row.values) if findings.shares_capacity(run) else row.values)
    if values.get("kind") in kinds:
        values["kind"] = kinds[values["kind"]]
    if row.district and kind != "district":
        values["district"] = row.district.label
    return Line(
        type=kind,
        id=identifier,
        name=_name(row, values, _plan(run, key).name),
        position=row.position + 1,
        values=values,
        marks=_marks(run, row),
        row=row,
    )


def _per_1000(values: Mapping[str, Any]) -> dict[str, Any]:
    """Shares of one person as shares of 1,000 people, under names that say so."""
    return {
        PER_1000.get(name, name): value * 1000 if name in PER_1000 and value is not None else value
        for name, value in values.items()
    }


def _coverage_line(run: AnalysisRun, row: CoverageRow) -> Line:
    territory = row.district or row.tos
    return Line(
        type="cell" if row.level == "grid" else row.level,
        id=str(territory.pk if territory else row.cell),
        name=wording.territory_name(row),
        position=row.rank,
        values={name: getattr(row, name) for name in COVERAGE_COLUMNS},
        marks=_marks(run, row),
        row=row,
    )


def _thing(row: RunRow, key: str) -> tuple[str, str]:
    """What a row is about, as cards and the map address it."""
    if row.institution_id and key == "institution":
        return "institution", str(row.institution_id)
    if row.tos_id and key == "tos":
        return "tos", str(row.tos_id)
    if row.district_id and key == "district":
        return "district", str(row.district_id)
    return key, str(row.position + 1)


def _name(row: RunRow, values: Mapping[str, Any], key: str) -> str:
    territory = {"district": row.district, "tos": row.tos}.get(row.table)
    if territory:
        return territory.label
    if row.label:
        rate = rate_of(row.values) if row.table == "city" else ""
        return f"{row.label}, {rate}" if rate else row.label
    if key in values:
        return columns.cell(columns.column(key, values[key]), values[key])
    thing = row.institution or row.tos or row.district
    if thing is None:
        return _("No. %(number)s") % {"number": row.position + 1}
    more = int(values.get("districts") or 1) - 1
    return _with_more(thing.label, more) if more > 0 else thing.label


def rate_of(values: Mapping[str, Any]) -> str:
    """
    “1 per 20,000”: acts ask for the same institution at several rates.

    Nothing for seats, whose rate stands in their name, nor where the act's own words have it.
    """
    required, people = values.get("required_min"), values.get("people")
    said = values.get("facility", "")
    if not required or not people or values.get("per_city") or values.get("unit") == "seats":
        return ""
    number = round(people / required)
    return "" if str(number) in said else _("1 per %(people)s") % {"people": wording.number(number)}


def _with_more(district: str, more: int) -> str:
    """A spot across several districts is not called by the one in its middle alone."""
    said = ngettext(
        "%(district)s and %(number)s more district",
        "%(district)s and %(number)s more districts",
        more,
    )
    return said % {"district": district, "number": more}


def _marks(run: AnalysisRun, row: RunRow | CoverageRow) -> frozenset[str]:
    """Marks that concern one row: those of all its figures, and those of its own thing."""
    given, own = run.summary.get("marks", {}), getattr(row, "values", {})
    institution = getattr(row, "institution", None)
    thing = institution or row.tos or row.district
    true = {
        "synthetic": given.get("synthetic")
        or own.get("synthetic")
        or bool(thing and thing.synthetic),
        "modelled": given.get("modelled"),
        "approximate": bool(institution and institution.is_approximate)
        or own.get("accuracy") in APPROXIMATE,
    }
    return frozenset(mark for mark in MARKS if true[mark])


def shape(line: Line) -> BaseGeometry | None:
    """Where a line lies, EPSG:4326; None for what has no place."""
    row = line.row
    own = getattr(row, "geometry", None)
    thing = getattr(row, "institution", None) or row.tos or row.district
    geometry = own or getattr(thing, "point", None) or getattr(thing, "geometry", None)
    if geometry is not None and line.type != "city":
        return shapely.from_wkb(bytes(geometry.wkb))
    cell = getattr(row, "cell", "")
    if cell:
        return shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
    return None


def sheet_of(run: AnalysisRun, key: str) -> Sheet:
    """A whole table with everything a file needs to be understood apart from us."""
    if run.analysis == AnalysisRun.Analysis.COVERAGE:
        return tables.sheet_of(tables.table_of(run, key))
    table = read(run, key)
    keys = list(dict.fromkeys(name for line in table.lines for name in line.values))
    samples = {name: _sample(table.lines, name) for name in keys}
    ordered = [column.key for column in table.columns]
    rest = [name for name in keys if name not in ordered]
    return Sheet(
        name=key,
        title=table.title,
        columns=(
            columns.column("rank"),
            columns.column("name"),
            *(columns.column(name, samples[name]) for name in [*ordered, *rest]),
            *(columns.column(mark) for mark in MARKS),
        ),
        rows=[_row(line, keys) for line in table.lines],
        shapes=[shape(line) for line in table.lines],
        head=head(run, key),
        about=tuple(about_lines(run)),
        style=looks.style_of(run, key, [line.values for line in table.lines]),
    )


def _sample(lines: Sequence[Line], name: str) -> Any:
    return next((line.values[name] for line in lines if line.values.get(name) is not None), None)


def _row(line: Line, keys: Sequence[str]) -> dict[str, Any]:
    return {
        "rank": line.position,
        "name": line.name,
        **{key: line.values.get(key) for key in keys},
        **{mark: mark in line.marks for mark in MARKS},
    }


def head(run: AnalysisRun, key: str) -> dict[str, Any]:
    """What the JSON form says of the run before its rows."""
    return {
        "city": run.city.slug,
        "measure": run.analysis,
        "table": key,
        "run_id": run.pk,
        "computed_at": run.finished_at.isoformat(timespec="seconds"),
        "parameters": run.parameters,
        "headline": findings.headline(run),
        "figures": run.summary.get("headline", {}),
        "completeness": run.summary.get("completeness"),
        "marks": findings.mark_codes(run),
        "sources": findings.source_lines(run),
    }


def about_lines(run: AnalysisRun) -> list[str]:
    """The finding, the question, what the figures rest on, the marks and the sources."""
    asked = [f"{label}: {value}" for label, value in findings.parameters(run)]
    marks = ["{text}: {note}".format(**wording.mark(code)) for code in findings.mark_codes(run)]
    known = findings.completeness(run)
    return [
        findings.headline(run),
        tables.run_line(run),
        *asked,
        *([known["text"]] if known else []),
        *marks,
        *findings.source_lines(run),
    ]
