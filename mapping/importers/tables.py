"""The tables an import can fill: their fields, and how a cell of each is understood."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mapping.hours.mkrf import read_working_schedule
from mapping.hours.syntax import parse_hours
from mapping.importers import records


@dataclass(frozen=True, slots=True)
class Field:
    """
    `parse` takes a cell that is not empty, and raises ValueError at what it cannot take;
    `otherwise`, if there is one, says what is kept of such a cell.
    """

    parse: Callable[[Any], Any]
    wanted: str
    required: bool = False
    otherwise: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    record: type[records.Record]
    fields: Mapping[str, Field]
    geometry_types: frozenset[str]
    geometry_required: bool


def parse_text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict | list):
        raise ValueError("not text")
    return " ".join(str(value).split())


def parse_long_text(value: Any) -> str:
    return str(value).strip()


def parse_number(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError("not a number")
    if isinstance(value, str):
        value = "".join(value.split()).replace(",", ".")
    number = float(value)
    if not math.isfinite(number) or number < 0:
        raise ValueError("negative or not finite")
    return number


def parse_whole(value: Any) -> int:
    number = parse_number(value)
    if not number.is_integer():
        raise ValueError("not whole")
    return int(number)


def parse_day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if len(text) == 10 and text[2] == text[5] == ".":
        text = f"{text[6:]}-{text[3:5]}-{text[:2]}"
    return date.fromisoformat(text)


def parse_flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"true", "1", "1.0", "yes", "да"}:
        return True
    if word in {"false", "0", "0.0", "no", "нет"}:
        return False
    raise ValueError("neither yes nor no")


def parse_texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else str(value).split(";")
    return tuple(text for text in (parse_text(item) for item in items) if text)


def parse_shares(value: Any) -> dict[str, float]:
    """Shares of the age groups: all four, adding up to 1 within one per cent."""
    shares = json.loads(value) if isinstance(value, str) else value
    if not isinstance(shares, dict) or set(shares) != set(records.AGE_GROUPS):
        raise ValueError("not the four groups")
    numbers = {group: parse_number(shares[group]) for group in records.AGE_GROUPS}
    total = sum(numbers.values())
    if abs(total - 1) > 0.01:
        raise ValueError("they add up to something else")
    return {group: number / total for group, number in numbers.items()}


def parse_ids(value: Any) -> dict[str, str]:
    ids = json.loads(value) if isinstance(value, str) else value
    if not isinstance(ids, dict):
        raise ValueError("not an object")
    return {str(system): parse_text(code) for system, code in ids.items() if code}


def parse_occurrences(value: Any) -> tuple[records.OccurrenceRecord, ...]:
    items = json.loads(value) if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError("not a list")
    return tuple(_parse_occurrence(item) for item in items)


def _parse_occurrence(item: Any) -> records.OccurrenceRecord:
    if not isinstance(item, dict) or not item.get("starts_at"):
        raise ValueError("no starts_at")
    starts_at = datetime.fromisoformat(item["starts_at"])
    ends_at = datetime.fromisoformat(item["ends_at"]) if item.get("ends_at") else None
    if ends_at is not None and ends_at < starts_at:
        raise ValueError("ends before it starts")
    return records.OccurrenceRecord(starts_at=starts_at, ends_at=ends_at)


def parse_opening_hours(value: Any) -> str:
    """Text of OpenStreetMap, or the `workingSchedule` of PRO.Культура.РФ."""
    is_json = isinstance(value, str) and value.lstrip().startswith("{")
    schedule = json.loads(value) if is_json else value
    if isinstance(schedule, dict):
        return read_working_schedule(schedule)
    return parse_hours(parse_text(value))


def as_given(value: Any) -> str:
    return parse_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def one_of(*codes: str) -> Field:
    def parse(value: Any) -> str:
        text = parse_text(value)
        if text not in codes:
            raise ValueError("unknown code")
        return text

    return Field(parse, "one of " + ", ".join(codes))


def required(field: Field) -> Field:
    return Field(field.parse, field.wanted, required=True)


TEXT = Field(parse_text, "text")
LONG_TEXT = Field(parse_long_text, "text")
NAME = Field(parse_text, "a name", required=True)
WHOLE = Field(parse_whole, "a whole number, not negative")
NUMBER = Field(parse_number, "a number, not negative")
DAY = Field(parse_day, "a date as YYYY-MM-DD or ДД.ММ.ГГГГ")
FLAG = Field(parse_flag, "true or false")
TEXTS = Field(parse_texts, "texts divided by “;”")
SHARES = Field(parse_shares, "shares of children, youth, working and senior that add up to 1")
IDS = Field(parse_ids, "an object: system → id")
HOURS = Field(
    parse_opening_hours,
    "OpenStreetMap opening hours, or a working schedule: day → {from, to}",
    otherwise=as_given,
)
OCCURRENCES = Field(
    parse_occurrences, "a list of {starts_at, ends_at} in ISO 8601, end after start"
)
ACCURACY = one_of("exact", "building", "street", "district")

COMMON = {"source_note": TEXT, "synthetic": FLAG}
POINTS = frozenset({"Point"})
LINES = frozenset({"LineString", "MultiLineString"})
POLYGONS = frozenset({"Polygon", "MultiPolygon"})
ANY = POINTS | LINES | POLYGONS

TABLES: Mapping[str, Table] = {
    "boundary": Table(
        record=records.BoundaryRecord,
        fields=COMMON,
        geometry_types=POLYGONS,
        geometry_required=True,
    ),
    "districts": Table(
        record=records.DistrictRecord,
        fields=COMMON
        | {
            "name": NAME,
            "name_en": TEXT,
            "code": TEXT,
            "population": WHOLE,
            "population_as_of": DAY,
            "population_note": TEXT,
            "age_shares": SHARES,
        },
        geometry_types=POLYGONS,
        geometry_required=True,
    ),
    "tos": Table(
        record=records.TosRecord,
        fields=COMMON
        | {
            "name": NAME,
            "houses": TEXTS,
            "district": TEXT,
            "position_accuracy": ACCURACY,
            "note": TEXT,
        },
        geometry_types=POLYGONS,
        geometry_required=False,
    ),
    "organizations": Table(
        record=records.OrganizationRecord,
        fields=COMMON
        | {
            "name": NAME,
            "inn": TEXT,
            "ogrn": TEXT,
            "founder": TEXT,
            "parent_key": TEXT,
            "website": TEXT,
        },
        geometry_types=frozenset(),
        geometry_required=False,
    ),
    "institutions": Table(
        record=records.InstitutionRecord,
        fields=COMMON
        | {
            "name": NAME,
            "kind": Field(parse_text, "a known kind code", required=True),
            "position_accuracy": ACCURACY,
            "position_source": TEXT,
            "name_en": TEXT,
            "address": TEXT,
            "district": TEXT,
            "organization_key": TEXT,
            "capacity": WHOLE,
            "status": one_of("open", "planned", "closed_for_repair", "closed"),
            "website": TEXT,
            "phone": TEXT,
            "email": TEXT,
            "opening_hours": HOURS,
            "accessibility": TEXTS,
            "external_ids": IDS,
            "confidence": one_of("quoted", "secondary", "unconfirmed"),
            "note": LONG_TEXT,
        },
        geometry_types=POINTS | POLYGONS,
        geometry_required=False,
    ),
    "centers": Table(
        record=records.CenterRecord,
        fields=COMMON
        | {
            "name": NAME,
            "position_accuracy": ACCURACY,
            "address": TEXT,
            "host_key": TEXT,
            "rooms": LONG_TEXT,
            "opening_hours": HOURS,
            "curator": TEXT,
            "partners": LONG_TEXT,
            "activities": LONG_TEXT,
            "opened_on": DAY,
        },
        geometry_types=POINTS | POLYGONS,
        geometry_required=False,
    ),
    "events": Table(
        record=records.EventRecord,
        fields=COMMON
        | {
            "title": NAME,
            "title_en": TEXT,
            "kind": TEXT,
            "age_mark": one_of("0+", "6+", "12+", "16+", "18+"),
            "is_free": FLAG,
            "price_min": WHOLE,
            "pushkin_card": FLAG,
            "description": LONG_TEXT,
            "url": TEXT,
            "institution_key": TEXT,
            "center_key": TEXT,
            "occurrences": OCCURRENCES,
        },
        geometry_types=ANY,
        geometry_required=False,
    ),
    "streets": Table(
        record=records.StreetRecord,
        fields=COMMON | {"name": TEXT, "highway": TEXT, "foot": FLAG},
        geometry_types=LINES,
        geometry_required=True,
    ),
    "street_names": Table(
        record=records.StreetNameRecord,
        fields=COMMON | {"name": NAME},
        geometry_types=POINTS,
        geometry_required=True,
    ),
    "stops": Table(
        record=records.StopRecord,
        fields=COMMON
        | {"name": TEXT, "mode": one_of("bus", "tram", "trolleybus", "metro", "rail", "ferry")},
        geometry_types=POINTS,
        geometry_required=True,
    ),
    "base_features": Table(
        record=records.BaseFeatureRecord,
        fields=COMMON | {"kind": required(one_of("water", "park", "railway")), "name": TEXT},
        geometry_types=ANY,
        geometry_required=True,
    ),
    "population_units": Table(
        record=records.PopulationUnitRecord,
        fields=COMMON
        | {
            "people": NUMBER,
            "age_shares": SHARES,
            "method": one_of("counted", "modelled_by_source", "district_total", "zone_total"),
            "modelled": FLAG,
            "floors": NUMBER,
            "address": TEXT,
        },
        geometry_types=POINTS | POLYGONS,
        geometry_required=True,
    ),
    "population_zones": Table(
        record=records.PopulationZoneRecord,
        fields=COMMON | {"people": required(NUMBER)},
        geometry_types=POLYGONS,
        geometry_required=True,
    ),
}
