"""What a timetable could not give, in sentences: stops left out, times missing, trips of no use."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import ngettext

from layers import wording
from mapping.models import AnalysisRun


def remarks(run: AnalysisRun) -> list[str]:
    """What of a run's timetable was left out or read otherwise than written; mostly nothing."""
    timetable = run.summary.get("timetable") or {}
    return [
        *_stops_off_streets(timetable),
        *(_notice(each["code"], each["count"]) for each in timetable.get("notices", [])),
    ]


def _stops_off_streets(timetable: Mapping[str, Any]) -> list[str]:
    count = timetable.get("stops_off_streets", 0)
    if not count:
        return []
    said = ngettext(
        "%(count)s stop of %(total)s is far from any street and is not counted.",
        "%(count)s stops of %(total)s are far from any street and are not counted.",
        count,
    )
    return [said % {"count": wording.number(count), "total": wording.number(timetable["stops"])}]


def _notice(code: str, count: int) -> str:
    """A notice of the reader; one nobody has worded is told by its code."""
    say = _NOTICES.get(code)
    return say(count) % {"count": wording.number(count)} if say else f"{code}: {count}"


def _headway(count: int) -> str:
    return ngettext(
        "%(count)s trip runs by interval: the timetable gives no times, so the first is taken to "
        "leave at the start.",
        "%(count)s trips run by interval: the timetable gives no times, so the first is taken to "
        "leave at the start.",
        count,
    )


def _interpolated(count: int) -> str:
    return ngettext(
        "%(count)s time at a stop is missing and was put evenly between its neighbours.",
        "%(count)s times at stops are missing and were put evenly between their neighbours.",
        count,
    )


def _unknown_stop(count: int) -> str:
    return ngettext(
        "%(count)s time belongs to a stop that the timetable does not place; it is left out.",
        "%(count)s times belong to stops that the timetable does not place; they are left out.",
        count,
    )


def _unknown_trip(count: int) -> str:
    return ngettext(
        "%(count)s time belongs to a trip that the timetable does not name; it is left out.",
        "%(count)s times belong to trips that the timetable does not name; they are left out.",
        count,
    )


def _unusable_trip(count: int) -> str:
    return ngettext(
        "%(count)s trip is left out: its times are missing or go back, or it has a single stop.",
        "%(count)s trips are left out: their times are missing or go back, or they have a single "
        "stop.",
        count,
    )


def _unusable_headway(count: int) -> str:
    return ngettext(
        "%(count)s interval is left out: it names no trip, or makes no sense.",
        "%(count)s intervals are left out: they name no trip, or make no sense.",
        count,
    )


def _ignored_transfer(count: int) -> str:
    return ngettext(
        "%(count)s change is not followed: it is for single trips, or has no time.",
        "%(count)s changes are not followed: they are for single trips, or have no time.",
        count,
    )


def _no_position(count: int) -> str:
    return ngettext(
        "%(count)s stop has no position, so nobody can walk to it.",
        "%(count)s stops have no position, so nobody can walk to them.",
        count,
    )


_NOTICES: Mapping[str, Callable[[int], str]] = {
    "headway": _headway,
    "interpolated": _interpolated,
    "unknown_stop": _unknown_stop,
    "unknown_trip": _unknown_trip,
    "unusable_trip": _unusable_trip,
    "unusable_headway": _unusable_headway,
    "ignored_transfer": _ignored_transfer,
    "no_position": _no_position,
}
