"""From rows to schedules: what is known of the hours of many places, in two queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.expressions import RawSQL

from mapping.hours import DayException, Locality, Schedule, WeeklyRule
from mapping.models import City, Institution, NeighborCenter, OpeningException, OpeningRule

PAST_DAYS = 14
"""How long an exception is remembered: this week's table shows those that are over."""

Doors = Mapping[City, Iterable[Any]]
"""City → rows of it: anything with a `pk`, `opening_hours` and, of institutions, a `status`."""


def locality_of(city: City) -> Locality:
    center = city.center
    return Locality(
        timezone=city.timezone,
        country=city.country,
        # a tenth of a degree is half a minute of sunlight
        position=(round(center.y, 1), round(center.x, 1)),
    )


def today_in(city: City) -> date:
    return datetime.now(ZoneInfo(city.timezone)).date()


def schedules_of(
    city: City, institutions: Iterable[Institution], *, as_of: date | None = None
) -> dict[int, Schedule]:
    """
    Id of each institution → its schedule.

    Parameters
    ----------
    institutions
        With their `status` and `opening_hours`.
    as_of
        The day whose season and exceptions are wanted; by default today in the city.
    """
    return schedules_in({city: institutions}, day_in=lambda city: as_of or today_in(city))


def schedules_in(doors: Doors, *, day_in: Callable[[City], date] = today_in) -> dict[int, Schedule]:
    """The same for institutions of any number of cities, still in two queries."""
    placed = _placed(doors, day_in)
    ids = [row.pk for row, _, _ in placed]
    earliest = min((day for _, _, day in placed), default=date.max)
    rules, exceptions = _rules(ids), _exceptions(ids, earliest)
    return {
        row.pk: Schedule(
            text=row.opening_hours,
            rules=tuple(rules.get(row.pk, ())),
            exceptions=tuple(exceptions.get(row.pk, ())),
            locality=locality,
            as_of=day,
            is_working=row.status == Institution.Status.OPEN,
        )
        for row, locality, day in placed
    }


def center_schedules(
    city: City, centers: Iterable[NeighborCenter], *, as_of: date | None = None
) -> dict[int, Schedule]:
    """Id of each neighbour centre → its schedule; no query beyond the centres themselves."""
    return center_schedules_in({city: centers}, day_in=lambda city: as_of or today_in(city))


def center_schedules_in(
    doors: Doors, *, day_in: Callable[[City], date] = today_in
) -> dict[int, Schedule]:
    """The same for neighbour centres of any number of cities."""
    return {
        row.pk: Schedule(text=row.opening_hours, locality=locality, as_of=day)
        for row, locality, day in _placed(doors, day_in)
    }


def _placed(doors: Doors, day_in: Callable[[City], date]) -> list[tuple[Any, Locality, date]]:
    """Every row with the clock, the holidays and the day of its city."""
    placed: list[tuple[Any, Locality, date]] = []
    for city, rows in doors.items():
        locality, day = locality_of(city), day_in(city)
        placed += [(row, locality, day) for row in rows]
    return placed


def _rules(ids: list[int]) -> dict[int, list[WeeklyRule]]:
    found: dict[int, list[WeeklyRule]] = defaultdict(list)
    rows = OpeningRule.objects.filter(institution__in=_listed(ids))
    fields = ("institution_id", "weekday", "opens", "closes", "valid_from", "valid_to")
    in_order = rows.order_by("weekday", "opens", "pk").values_list(*fields)
    for pk, weekday, opens, closes, valid_from, valid_to in in_order:
        found[pk].append(
            WeeklyRule(
                weekday=weekday,
                opens=_minute(opens),
                closes=_minute(closes),
                valid_from=valid_from,
                valid_to=valid_to,
            )
        )
    return found


def _exceptions(ids: list[int], day: date) -> dict[int, list[DayException]]:
    found: dict[int, list[DayException]] = defaultdict(list)
    rows = OpeningException.objects.filter(
        institution__in=_listed(ids), date__gte=day - timedelta(days=PAST_DAYS)
    ).order_by("date", "opens", "pk")
    for pk, on, opens, closes, reason in rows.values_list(
        "institution_id", "date", "opens", "closes", "reason"
    ):
        found[pk].append(
            DayException(
                date=on,
                opens=None if opens is None else _minute(opens),
                closes=None if closes is None else _minute(closes),
                note=reason,
            )
        )
    return found


def _listed(ids: list[int]) -> RawSQL:
    """As one array: of tens of thousands of ids, a list of parameters costs more than the rows."""
    return RawSQL("SELECT unnest(%s::bigint[])", (ids,))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
