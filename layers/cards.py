"""
Cards: everything known of one thing, in one shape that one template shows.

Each public function takes the choice and the id from the address, and raises ObjectDoesNotExist
for an id that nothing of this city has.
"""

from collections.abc import Iterable

import h3
from django.contrib.gis.geos import Point
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from layers import hours, json_ld, links, photos, wording
from layers.choice import Choice
from layers.registry import Card
from mapping.hours import Schedule
from mapping.models import (
    CoverageRow,
    District,
    Institution,
    NeighborCenter,
    Source,
    TosTerritory,
)
from mapping.queries import coverage
from mapping.queries import layers as queries
from mapping.queries.hours import center_schedules, schedules_of

Fact = dict[str, str]
MAX_ID = 2**63 - 1


def find(rows: QuerySet, identifier: str) -> Model:
    """The row with this id; ObjectDoesNotExist for anything that is no id as well."""
    if not identifier.isascii() or not identifier.isdigit() or int(identifier[:20]) > MAX_ID:
        raise ObjectDoesNotExist(identifier)
    return rows.get(pk=int(identifier))


def fact(label: str, value: object, *, url: str = "", note: str = "") -> Fact:
    """One line of a card; a fact with an empty value is left out of it."""
    return {
        "label": label,
        "value": "" if value is None else str(value),
        "url": url if url.startswith(("https://", "http://", "mailto:", "tel:", "/")) else "",
        "note": note,
    }


def card(
    row: Model,
    kind: str,
    *,
    type_label: str,
    facts: Iterable[Fact],
    title: str = "",
    subtitle: str = "",
    marks: Iterable[str] = (),
    **more: object,
) -> Card:
    """A card of a sourced row, with the keys that every card has."""
    codes = (["synthetic"] if row.synthetic else []) + list(marks)
    return {
        "type": kind,
        "id": row.pk,
        "type_label": type_label,
        "title": title or row.label,
        "subtitle": subtitle,
        "synthetic": row.synthetic,
        "marks": [wording.mark(code) for code in codes],
        "position": None,
        "accuracy_text": "",
        "facts": [each for each in facts if each["value"]],
        "figure": None,
        "hours": None,
        "lists": [],
        "sources": [source_line(row.source, row.source_note)],
    } | more


def source_line(source: Source, note: str = "") -> dict[str, str]:
    """Where something was taken from, in words."""
    return {
        "title": source.label,
        "url": source.url if source.url.startswith(("https://", "http://")) else "",
        "license": source.license_label,
        "attribution": source.attribution_label,
        "as_of": date_format(source.as_of, "d.m.Y") if source.as_of else "",
        "synthetic": source.synthetic,
        "note": wording.remark(note),
    }


def institution(choice: Choice, identifier: str) -> Card:
    """A place of culture, or a public building."""
    rows = queries.places(choice.city).select_related("kind", "source", "organization")
    row = find(rows, identifier)
    doubts = (["approximate"] if row.is_approximate else []) + (
        ["unconfirmed"] if row.confidence == Institution.Confidence.UNCONFIRMED else []
    )
    schedule = schedules_of(choice.city, [row])[row.pk]
    shown = photos.of(row)
    return card(
        row,
        "institution",
        type_label=row.kind.label,
        subtitle=row.address or row.district_name,
        marks=doubts,
        position=lat_lon(row.point),
        accuracy_text=wording.accuracy(row.position_accuracy),
        facts=_institution_facts(row),
        hours=_hours(schedule, has_phone=bool(row.phone)),
        photos=shown,
        json_ld=json_ld.with_photos(
            json_ld.institution(
                row, choice.city, schedule, links.thing_url(choice.city, "institution", row.pk)
            ),
            shown,
        ),
        icon=row.kind.icon,
        color=row.kind.color,
    )


def _hours(schedule: Schedule, *, has_phone: bool = False) -> hours.HoursBlock:
    return hours.describe(schedule, timezone.now(), has_phone=has_phone)


def _institution_facts(row: Institution) -> list[Fact]:
    return [
        fact(
            _("In the atlas"),
            "" if row.kind.is_culture else _("a building that could host something; not culture"),
        ),
        fact(_("Status"), wording.status(row.status)),
        fact(_("Capacity"), "" if row.capacity is None else wording.number(row.capacity)),
        fact(_("Telephone"), row.phone, url=f"tel:{row.phone}"),
        fact(_("E-mail"), row.email, url=f"mailto:{row.email}"),
        fact(_("Web site"), row.website, url=row.website),
        fact(_("Organisation"), row.organization.name if row.organization else ""),
        fact(_("District"), row.district_name),
        fact(_("How the position was found"), wording.remark(row.position_source)),
        fact(_("How sure we are"), wording.CONFIDENCES.get(row.confidence, "")),
        fact(_("Verified until"), _day(row.checked_until)),
        fact(_("Note"), wording.remark(row.note)),
    ]


def _day(day: object) -> str:
    return date_format(day, "d.m.Y") if day else ""


def lat_lon(point: Point | None) -> list[float] | None:
    """Latitude and longitude for the browser."""
    return [round(point.y, 6), round(point.x, 6)] if point else None


def center(choice: Choice, identifier: str) -> Card:
    """A neighbour centre."""
    rows = queries.centers(choice.city).select_related("source", "host")
    row = find(rows, identifier)
    schedule = center_schedules(choice.city, [row])[row.pk]
    shown = photos.of(row)
    return card(
        row,
        "center",
        type_label=_("Neighbour centre"),
        subtitle=row.address,
        marks=["approximate"] if row.is_approximate else [],
        position=lat_lon(row.geometry),
        accuracy_text=wording.accuracy(row.position_accuracy),
        facts=_center_facts(row, choice),
        hours=_hours(schedule),
        photos=shown,
        json_ld=json_ld.with_photos(
            json_ld.center(
                row, choice.city, schedule, links.thing_url(choice.city, "center", row.pk)
            ),
            shown,
        ),
    )


def _center_facts(row: NeighborCenter, choice: Choice) -> list[Fact]:
    host = row.host
    return [
        fact(
            _("Hosted by"),
            host.label if host else "",
            url=links.card_url(choice, "institution", host.pk) if host else "",
        ),
        fact(_("Rooms"), row.rooms),
        fact(_("Activities"), row.activities),
        fact(_("Partners"), row.partners),
        fact(_("Curator"), row.curator),
        fact(_("Opened on"), _day(row.opened_on)),
    ]


def stop(choice: Choice, identifier: str) -> Card:
    """A stop of public transport."""
    row = find(queries.stops(choice.city).select_related("source"), identifier)
    mode = capfirst(row.get_mode_display()) or _("Stop")
    return card(
        row,
        "stop",
        type_label=mode,
        title=row.name or mode,
        position=lat_lon(row.geometry),
        facts=[],
    )


def district(choice: Choice, identifier: str) -> Card:
    """A district and how it stands in the shown run."""
    row = find(queries.districts(choice.city).select_related("source"), identifier)
    return card(
        row,
        "district",
        type_label=_("District"),
        facts=_district_facts(row),
        figure=_figure(choice, "district", district=row),
        lists=_inside(choice, row),
    )


def _district_facts(row: District) -> list[Fact]:
    return [
        fact(
            _("Population"),
            "" if row.population is None else wording.number(row.population),
            note=" · ".join(
                filter(None, [_day(row.population_as_of), wording.remark(row.population_note)])
            ),
        ),
        fact(_("Area"), _area(row.area_m2)),
        fact(_("In force since"), _day(row.valid_from)),
    ]


def _area(area_m2: float | None) -> str:
    if area_m2 is None:
        return ""
    return _("%(area)s km²") % {"area": wording.decimal(area_m2 / 1e6)}


def tos(choice: Choice, identifier: str) -> Card:
    """A ТОС territory and how it stands in the shown run."""
    row = find(queries.tos_territories(choice.city).select_related("source"), identifier)
    return card(
        row,
        "tos",
        type_label=_("ТОС territory"),
        subtitle=row.district_name,
        marks=["approximate"] if row.is_approximate else [],
        accuracy_text=_tos_accuracy(row),
        facts=_tos_facts(row),
        figure=_figure(choice, "tos", tos=row),
        lists=_houses(row) + _inside(choice, row),
    )


def _tos_facts(row: TosTerritory) -> list[Fact]:
    return [
        fact(_("Area"), _area(row.area_m2)),
        fact(_("In force since"), _day(row.valid_from)),
        fact(_("Note"), wording.remark(row.note)),
    ]


def _tos_accuracy(row: TosTerritory) -> str:
    if row.geometry is None and row.houses:
        return _("known as a list of houses")
    return wording.accuracy(row.position_accuracy)


def _houses(row: TosTerritory) -> list[dict[str, object]]:
    if not row.houses:
        return []
    items = [{"title": house, "text": ""} for house in row.houses]
    return [{"title": _("Houses"), "items": items, "total": len(items)}]


def _inside(choice: Choice, territory: District | TosTerritory) -> list[dict[str, object]]:
    """Institutions of the asked kind that stand on the territory."""
    if territory.geometry is None:
        return []
    rows = queries.by_name(
        queries.places(choice.city).filter(
            kind__in=choice.asked_kinds, point__intersects=territory.geometry
        )
    )
    items = [
        {
            "title": row.label,
            "text": row.address,
            "url": links.card_url(choice, "institution", row.pk),
            "icon": row.kind.icon,
            "color": row.kind.color,
        }
        for row in rows.defer("geometry")
    ]
    title = _("%(kinds)s here") % {"kinds": choice.kind.plural_label}
    return [{"title": title, "items": items, "total": len(items)}]


def cell(choice: Choice, identifier: str) -> Card:
    """One cell of the map and how it stands in the shown run."""
    if choice.run is None or not h3.is_valid_cell(identifier):
        raise ObjectDoesNotExist(identifier)
    figure = _figure(choice, "grid", cell=identifier)
    if figure is None:
        raise ObjectDoesNotExist(identifier)
    lat, lon = h3.cell_to_latlng(identifier)
    return {
        "type": "cell",
        "id": identifier,
        "type_label": _("Map cell"),
        "title": _("Cell of %(area)s km²")
        % {"area": wording.decimal(h3.cell_area(identifier, "km^2"))},
        "subtitle": "",
        "synthetic": choice.city.synthetic,
        "marks": [wording.mark("synthetic")] if choice.city.synthetic else [],
        "position": [round(lat, 6), round(lon, 6)],
        "accuracy_text": "",
        "facts": [],
        "figure": figure,
        "lists": [],
        "sources": [],
    }


def _figure(choice: Choice, level: str, **territory: object) -> dict[str, object] | None:
    if choice.run is None:
        return None
    row = coverage.rows_of(choice.run, level).filter(**territory).first()
    return None if row is None else _figure_of(row, choice)


def _figure_of(row: CoverageRow, choice: Choice) -> dict[str, object]:
    total = coverage.rows_of(choice.run, row.level).count()
    return {
        "headline": wording.finding(
            kind_name=choice.kind.label,
            minutes=choice.minutes,
            group=choice.group,
            share=row.share,
            uncovered=row.uncovered,
        ),
        "people": row.people,
        "covered": row.covered,
        "uncovered": row.uncovered,
        "unknown": row.unknown,
        "share": row.share,
        "share_text": wording.percent(row.share),
        "median_text": wording.walk_minutes(row.median_minutes),
        "rank_text": _rank_text(row.rank, total),
        "run_url": links.run_url(choice),
    }


def _rank_text(rank: int, total: int) -> str:
    return ngettext(
        "%(rank)s of %(total)s by people left out (1 = most)",
        "%(rank)s of %(total)s by people left out (1 = most)",
        total,
    ) % {"rank": wording.number(rank), "total": wording.number(total)}
