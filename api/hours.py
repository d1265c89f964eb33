"""Opening hours for programs: what the cards go by, in the OpenStreetMap syntax."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mapping.hours import Schedule
from mapping.hours.spec import to_osm
from mapping.models import City

FIELD = "opening_hours"


class Door(NamedTuple):
    """What a row says of its hours, before rules and exceptions."""

    pk: int
    opening_hours: str
    status: str


def tell_in(
    rows: Sequence[dict[str, Any]], schedules: Callable[..., Mapping[int, Schedule]]
) -> None:
    """
    Put the hours that count into every row, whose text alone is there: exceptions of a day before
    the rules valid on it, rules before the text.

    The number of queries is the same for any number of rows and cities.
    """
    slugs = {row["city"] for row in rows}
    cities = {city.slug: city for city in City.objects.filter(slug__in=slugs).defer("boundary")}
    doors: dict[City, list[Door]] = defaultdict(list)
    for row in rows:
        door = Door(row["id"], row[FIELD], row.get("status", ""))
        doors[cities[row["city"]]].append(door)
    known = schedules(doors)
    for row in rows:
        row[FIELD] = to_osm(known[row["id"]])
