"""What scenarios do to norms and to shared seats, in words: blocks of rows for pages and files."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from layers import differences, fields, wording
from layers.differences import Row, finite
from mapping.analysis.provision import NormPerCity, NormPerPeople
from mapping.queries.norms import ReadNorm
from mapping.services.whatif import Weighed

Block = dict[str, Any]
Line = dict[str, Any]

PER_PEOPLE = 1000
UNITS = {"institutions": lazy("institutions"), "seats": lazy("seats")}
# After “1 per 20,000 …”.
PEOPLE_OF = {
    "all": pgettext_lazy("per so many", "residents"),
    "children": pgettext_lazy("per so many", "children 0–14"),
    "youth": pgettext_lazy("per so many", "people 15–30"),
    "working": pgettext_lazy("per so many", "people 31–59"),
    "senior": pgettext_lazy("per so many", "people 60+"),
}


def norm_blocks(weighed: Sequence[Weighed]) -> list[Block]:
    """
    A block for every norm of the asked kind, its rows today and in each scenario.

    `districts` are rows of what is missing in each; `mark` stands where the norm is not sure.
    """
    return [_norm_block(weighed, number) for number in range(len(weighed[0].norms))]


def _norm_block(weighed: Sequence[Weighed], number: int) -> Block:
    effects = [each.norms[number] for each in weighed]
    norm, first = effects[0].norm, effects[0]
    cities = [first.city_before, *(each.city_after for each in effects)]
    sure = norm.row.confidence == "quoted"
    return {
        "title": norm.row.facility_type[:1].upper() + norm.row.facility_type[1:],
        "rule": rule(norm),
        "act": ", ".join(filter(None, [norm.row.act, norm.row.clause])),
        "url": norm.row.url,
        "mark": "" if sure else str(wording.CONFIDENCES[norm.row.confidence]),
        "missing": [_said(line) for line in cities] if norm.norm else None,
        "rows": _norm_rows(norm, cities),
        "districts": [
            _missing_row(norm, district.label, [first.districts_before[at], *lines])
            for at, (district, *lines) in enumerate(
                zip(
                    weighed[0].baseline.ground.districts,
                    *(each.districts_after for each in effects),
                    strict=False,
                )
            )
        ],
    }


def rule(norm: ReadNorm) -> str:
    """What a norm asks for: “1 institution per 20,000 residents, within 30–40 minutes”."""
    parts = []
    if isinstance(norm.norm, NormPerPeople):
        words = {
            "units": _units(norm, norm.norm.units),
            "people": _span(norm.norm.per_people),
            "whom": PEOPLE_OF[norm.group],
        }
        parts.append(_("%(units)s per %(people)s %(whom)s") % words)
    elif isinstance(norm.norm, NormPerCity):
        parts.append(_("%(units)s per city") % {"units": _units(norm, norm.norm.units)})
    if norm.minutes:
        parts.append(_("within %(minutes)s minutes") % {"minutes": _span(norm.minutes)})
    return ", ".join(parts)


def _units(norm: ReadNorm, span: tuple[float, float]) -> str:
    words = {"number": _span(span)}
    if norm.unit == "seats":
        return ngettext("%(number)s seat", "%(number)s seats", round(span[1])) % words
    return ngettext("%(number)s institution", "%(number)s institutions", round(span[1])) % words


def _span(span: tuple[float, float]) -> str:
    low, high = (differences.units(end) for end in span)
    return low if low == high else f"{low}–{high}"


def _norm_rows(norm: ReadNorm, cities: Sequence[Line]) -> list[Row]:
    unit = str(UNITS[norm.unit])
    rows = []
    if norm.norm is not None:
        rows += [
            _row_of(
                _("Required"),
                [line["required_max"] for line in cities],
                unit,
                None,
                [_ends(line["required_min"], line["required_max"]) for line in cities],
            ),
            _row_of(_("There are"), [line["existing"] for line in cities], unit, True),
            _missing_row(norm, _("Missing"), cities),
        ]
    if norm.minutes is not None:
        rows.append(_share_row(norm, cities))
    return rows


def _row_of(
    label: str, values: Sequence[Any], unit: str, better: bool | None, texts: Sequence[str] = ()
) -> Row:
    return differences.row(
        label,
        values[0],
        values[1:],
        differences.units,
        more_is_better=better,
        texts=texts,
        unit=unit,
    )


def _missing_row(norm: ReadNorm, label: str, lines: Sequence[Line]) -> Row:
    values = [_missing(line) for line in lines]
    return _row_of(label, values, str(UNITS[norm.unit]), False, [_said(line) for line in lines])


def _missing(line: Line) -> float | None:
    """Units missing at the upper end of the norm, or at the most where the list has gaps."""
    most = line["shortfall_max"] if line["existing"] is not None else line["shortfall_at_most"]
    return None if most is None else max(most, 0.0)


def _said(line: Line) -> str:
    if line["existing"] is not None:
        return _ends(*(_not_below_zero(line[name]) for name in ("shortfall_min", "shortfall_max")))
    most = line["shortfall_at_most"]
    if most is None:
        return differences.NO_FIGURE
    return _("up to %(upper)s") % {"upper": differences.units(most)}


def _not_below_zero(value: float | None) -> float | None:
    return None if value is None else max(value, 0.0)


def _ends(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return differences.NO_FIGURE
    return _span((low, high))


def _share_row(norm: ReadNorm, cities: Sequence[Line]) -> Row:
    names = ("share_within_norm_minutes", "share_within_norm_minutes_max")
    ends = [[line[name] for name in names] for line in cities]
    whom = cities[0]["share_group"]
    values = [high for _low, high in ends]
    return differences.row(
        _("Live within %(minutes)s minutes on foot, %(group)s")
        % {"minutes": _span(norm.minutes or (0, 0)), "group": wording.GROUPS_COUNTED[whom]},
        values[0],
        values[1:],
        differences.percent,
        texts=[_share_ends(*pair) for pair in ends],
    )


def _share_ends(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return differences.NO_FIGURE
    if differences.percent(low) == differences.percent(high):
        return differences.percent(high)
    return f"{wording.decimal(low * 100)}–{differences.percent(high)}"


def access_block(weighed: Sequence[Weighed]) -> Block:
    """How many seats people have within reach, and how evenly; of each district too."""
    effects = [each.access for each in weighed]
    figures = [effects[0].before, *(each.after for each in effects)]
    indexes = [each.equity for each in figures]
    is_shared = effects[0].method != "cumulative"
    unit = _("seats per 1,000 people") if is_shared else _("seats")
    scale = PER_PEOPLE if is_shared else 1

    def index(label: Any, values: Sequence[float]) -> Row:
        known = [finite(value) for value in values]
        return differences.row(
            str(label), known[0], known[1:], differences.index, more_is_better=False
        )

    def mean(label: str, values: Sequence[float]) -> Row:
        scaled = [None if value != value else value * scale for value in values]
        return differences.row(label, scaled[0], scaled[1:], wording.quantity, unit=unit)

    return {
        "note": _access_note(weighed),
        "rows": [
            mean(
                _("Seats per 1,000 people within reach") if is_shared else _("Seats within reach"),
                [each.mean for each in indexes],
            ),
            _without_row([each.people_without for each in figures]),
            index(_("Gini index"), [each.gini for each in indexes]),
            index(_("Palma ratio"), [each.palma for each in indexes]),
            index(_("Theil index"), [each.theil for each in indexes]),
            index(_("of it between districts"), [each.theil_between for each in indexes]),
        ],
        "districts": [
            mean(district.label, [float(each.by_district[number]) for each in figures])
            for number, district in enumerate(weighed[0].baseline.ground.districts)
        ],
        "unit": unit,
    }


def _without_row(values: Sequence[float]) -> Row:
    return differences.row(
        _("People with no seat within reach"),
        values[0],
        values[1:],
        wording.number,
        more_is_better=False,
        unit=_("people"),
    )


def _access_note(weighed: Sequence[Weighed]) -> str:
    """By what method seats are shared, and how many institutions count with assumed ones."""
    asked = weighed[0].asked
    said = _("Within %(walk)s; method: %(method)s.") % {
        "walk": wording.minutes_choice(asked.minutes),
        "method": fields.METHODS[asked.method],
    }
    assumed = max(each.access.assumed for each in weighed)
    if not assumed:
        return said
    rest = ngettext(
        "Nobody has said how many seats %(number)s of the institutions has: it counts with the "
        "usual number of its kind.",
        "Nobody has said how many seats %(number)s of the institutions have: they count with the "
        "usual number of their kind.",
        assumed,
    )
    return f"{said} {rest % {'number': wording.number(assumed)}}"
