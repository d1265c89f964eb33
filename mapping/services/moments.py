"""
Questions about a moment of an ordinary week: only institutions known to be open then count.

Those whose hours nobody knows are listed, never taken for open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mapping.errors import NoneOpenError
from mapping.hours import Schedule, is_open_at_weekday
from mapping.hours.moments import Moment, read_moment
from mapping.models import City, Institution
from mapping.queries.hours import locality_of, schedules_of, today_in
from mapping.services.questions import WalkQuestion

MOST_NAMED = 200
"""As many institutions of unknown hours as a stored answer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkQuestionAtMoment(WalkQuestion):
    """A walk to the nearest institution, at any time or where it is open at a moment."""

    open_at: str = ""

    def __post_init__(self) -> None:
        WalkQuestion.__post_init__(self)
        moment = read_moment(self.open_at)
        object.__setattr__(self, "open_at", str(moment) if moment else "")

    @property
    def moment(self) -> Moment | None:
        """None at any time."""
        return read_moment(self.open_at)

    @property
    def parameters(self) -> dict[str, Any]:
        """As stored with a run; a question about any time says nothing of a moment."""
        said = super(WalkQuestionAtMoment, self).parameters
        return {name: value for name, value in said.items() if name != "open_at" or value}


@dataclass(frozen=True, slots=True)
class OpenThen:
    """Ids of institutions that are open at a moment, that are shut, and of which nobody knows."""

    moment: Moment
    open_ids: frozenset[int]
    shut_ids: frozenset[int]
    unknown_ids: frozenset[int]

    def state_of(self, pk: int) -> bool | None:
        """Whether one is open; None where nobody knows."""
        return None if pk in self.unknown_ids else pk in self.open_ids

    @property
    def inputs(self) -> dict[str, list[int]]:
        """What an answer depends on; a new season may change it."""
        return {"open": sorted(self.open_ids), "unknown": sorted(self.unknown_ids)}


def open_then(
    city: City, ids: Iterable[int], moment: Moment, *, hours: Mapping[int, str] | None = None
) -> OpenThen:
    """
    Sort institutions by their hours at a moment of an ordinary week of this season.

    `hours` are texts that stand for what is known of some of them.
    """
    rows = list(
        Institution.objects.filter(city=city, pk__in=list(ids)).only(
            "pk", "status", "opening_hours"
        )
    )
    schedules = schedules_of(city, rows)
    said = {pk: _as_said(schedules[pk], text) for pk, text in (hours or {}).items()}
    sorted_ids: dict[bool | None, set[int]] = {True: set(), False: set(), None: set()}
    for pk, schedule in (schedules | said).items():
        sorted_ids[is_open_at_weekday(schedule, moment.weekday, moment.minute)].add(pk)
    return OpenThen(moment, *(frozenset(sorted_ids[each]) for each in (True, False, None)))


def is_open_with(city: City, hours: str, moment: Moment) -> bool | None:
    """Whether a place with such hours is open then; None where they do not say it."""
    schedule = Schedule(text=hours, locality=locality_of(city), as_of=today_in(city))
    return is_open_at_weekday(schedule, moment.weekday, moment.minute)


def _as_said(schedule: Schedule, text: str) -> Schedule:
    return replace(schedule, text=text, rules=(), exceptions=())


def check_any_open(city: City, kind: str, then: OpenThen) -> None:
    """Raise NoneOpenError where nothing is known to be open: of nothing no distance is known."""
    if not then.open_ids:
        raise NoneOpenError(city.slug, kind, str(then.moment), len(then.unknown_ids))


def describe_open_then(then: OpenThen) -> dict[str, Any]:
    """As a run's summary keeps it, with the names of those whose hours nobody knows."""
    unknown = Institution.objects.filter(pk__in=then.unknown_ids).order_by("name", "pk")
    return {
        "moment": str(then.moment),
        "open": len(then.open_ids),
        "shut": len(then.shut_ids),
        "unknown": len(then.unknown_ids),
        "unknown_ids": list(unknown.values_list("pk", flat=True)[:MOST_NAMED]),
    }
