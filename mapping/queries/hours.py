"""From rows to schedules: what is known of the hours of many places, in two queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mapping.hours import DayException, Locality, Schedule, WeeklyRule
from mapping.models import City, Institution, NeighborCenter, OpeningException, OpeningRule

PAST_DAYS = 14
"""How long an exception is remembered: this week's table shows those that are over."""


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
    rows = list(institutions)
    day = as_of or today_in(city)
    ids = [row.pk for row in rows]
    rules, exceptions = _rules(ids), _exceptions(ids, day)
    locality = locality_of(city)
    return {
        row.pk: Schedule(
            text=row.opening_hours,
            rules=tuple(rules[row.pk]),
            exceptions=tuple(exceptions[row.pk]),
            locality=locality,
            as_of=day,
            is_working=row.status == Institution.Status.OPEN,
        )
        for row in rows
    }


def center_schedules(
    city: City, centers: Iterable[NeighborCenter], *, as_of: date | None = None
) -> dict[int, Schedule]:
    """Id of each neighbour centre → its schedule; no query beyond the centres themselves."""
    locality, day = locality_of(city), as_of or today_in(city)
    return {
        row.pk: Schedule(text=row.opening_hours, locality=locality, as_of=day) for row in centers
    }


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


def _rules(ids: list[int]) -> dict[int, list[WeeklyRule]]:
    found: dict[int, list[WeeklyRule]] = defaultdict(list)
    rows = OpeningRule.objects.filter(institution__in=ids).order_by("weekday", "opens", "pk")
    fields = ("institution_id", "weekday", "opens", "closes", "valid_from", "valid_to")
    for pk, weekday, opens, closes, valid_from, valid_to in rows.values_list(*fields):
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
        institution__in=ids, date__gte=day - timedelta(days=PAST_DAYS)
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


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
