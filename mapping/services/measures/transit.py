"""
Minutes by public transport and on foot to the nearest of a kind, over a window of departures.

Where the city has no timetable the answer is that of walking alone, and says so: its `timetable`
is None and nobody rides.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from mapping.analysis.coverage import Coverage, Membership, coverage
from mapping.analysis.snapping import Snap
from mapping.analysis.timetable import build_timetable
from mapping.analysis.transit import (
    DEFAULT_MAX_WALK_MINUTES,
    DepartureWindow,
    TransferRules,
    link_stops,
    snap_stops,
    transit_access,
)
from mapping.crs import project
from mapping.errors import ParameterError
from mapping.importers.gtfs_feed import Feed, read_feed
from mapping.models import AnalysisRun, InstitutionKind
from mapping.queries.institutions import find_kind
from mapping.services.measures.answering import Answer, answer_once
from mapping.services.measures.rows import LEVELS, figures, territory_rows
from mapping.services.questions import WalkQuestion, check_between
from mapping.services.runs import Row
from mapping.services.timetables import feed_checksum, find_feed
from mapping.services.workspace import Workspace

MEDIAN = 50.0
LAST_HOUR = 30
"""A service day goes on after midnight; `read_feed` reads it until six in the morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitQuestion(WalkQuestion):
    """
    Who is within so many minutes from door to door, leaving home at any minute of a window.

    `feed` names a timetable kept for the city (see `services.timetables`); without one people walk.
    `date` is a day of its calendar, YYYY-MM-DD; `from_time` and `until_time` are HH:MM, after
    midnight 24:00 and on. Beside the median, `percentile` of the departures are told: 85 are the
    minutes that suffice for 85 of 100 of them.
    """

    MODE = "transit"

    minutes: float = 30
    feed: str = ""
    date: str = ""
    from_time: str = "08:00"
    until_time: str = "09:00"
    percentile: float = 85
    max_walk_minutes: float = DEFAULT_MAX_WALK_MINUTES

    def __post_init__(self) -> None:
        WalkQuestion.__post_init__(self)
        check_between("percentile", self.percentile, 0, 100)
        check_between("max_walk_minutes", self.max_walk_minutes, 0, 60)
        window = self.window
        if window.until_s - window.from_s > 6 * 3600:
            raise ParameterError("until_time", self.until_time, "at most six hours later")
        if self.feed:
            _ = self.day

    @property
    def window(self) -> DepartureWindow:
        from_s, until_s = (
            _seconds("from_time", self.from_time),
            _seconds("until_time", self.until_time),
        )
        if until_s <= from_s:
            raise ParameterError("until_time", self.until_time, f"later than {self.from_time}")
        return DepartureWindow(from_s, until_s)

    @property
    def day(self) -> dt.date:
        try:
            return dt.date.fromisoformat(self.date)
        except ValueError as error:
            raise ParameterError("date", self.date, "a date as 2026-03-31") from error


def _seconds(name: str, clock: str) -> int:
    hours, colon, minutes = clock.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise ParameterError(name, clock, "a time as 08:00")
    if int(minutes) > 59 or int(hours) * 60 + int(minutes) > LAST_HOUR * 60:
        raise ParameterError(name, clock, f"a time from 00:00 to {LAST_HOUR}:00")
    return int(hours) * 3600 + int(minutes) * 60


def answer(workspace: Workspace, asked: TransitQuestion) -> AnalysisRun:
    """
    Answer from the stored run, or compute and store one.

    Raises
    ------
    UnknownNameError, NoInstitutionsError, NoPeopleKnownError, NoStreetsError
        When the question cannot be answered.
    UnreadableFileError, NoServiceError, NoDeparturesError, StopsOffNetworkError
        When the timetable cannot answer it: nothing is stored, and no walk is passed off as a ride.
    """
    kind = find_kind(asked.kind)
    path = find_feed(workspace.city, asked.feed) if asked.feed else None
    return answer_once(
        workspace,
        AnalysisRun.Analysis.TRANSIT,
        asked,
        workspace.inputs(kind) | {"timetable": feed_checksum(path) if path else None},
        lambda: _compute(workspace, kind, asked, path),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """Minutes of every unit, inf without a way: median and late by any means, and on foot."""

    median: NDArray[np.float64]
    late: NDArray[np.float64]
    walk: NDArray[np.float64]
    timetable: Mapping[str, Any] | None


def _compute(
    workspace: Workspace, kind: InstitutionKind, asked: TransitQuestion, path: Path | None
) -> Answer:
    travel = _ride(workspace, kind, asked, path) if path else _walk(workspace, kind, asked)
    people = workspace.people(asked.group)
    everywhere = Membership.from_index(np.zeros(people.size, dtype=np.int64), 1)
    with workspace.timed("count"):
        city = _count(travel, people, everywhere, asked.minutes)
        tables = {level: _rows(workspace, level, travel, people, asked) for level in LEVELS}
    return Answer(
        summary=workspace.describe(kind, asked.max_snap_m)
        | {"headline": _headline(city, travel, people), "timetable": travel.timetable},
        tables=tables,
    )


def _walk(workspace: Workspace, kind: InstitutionKind, asked: TransitQuestion) -> Travel:
    minutes = workspace.minutes(kind, speed_kmh=asked.speed_kmh, max_snap_m=asked.max_snap_m)
    return Travel(median=minutes, late=minutes, walk=minutes, timetable=None)


def _ride(
    workspace: Workspace, kind: InstitutionKind, asked: TransitQuestion, path: Path
) -> Travel:
    network = workspace.stored_network.network
    workspace.report(0.2, gettext_noop("reading the timetable"))
    with workspace.timed("timetable"):
        feed = read_feed(path, on=asked.day)
        stops = _place_stops(workspace, feed, asked.max_snap_m)
        timetable = build_timetable(
            stop_count=len(feed.stop_ids),
            trip_ptr=feed.trip_ptr,
            stop=feed.stop,
            arrival_s=feed.arrival_s,
            departure_s=feed.departure_s,
            boards=feed.boards,
            alights=feed.alights,
        )
        changes = feed.transfers
        rules = TransferRules(changes.from_stop, changes.to_stop, changes.least_s)
        footpaths = link_stops(network, stops, rules=rules, speed_kmh=asked.speed_kmh)
    workspace.report(0.5, gettext_noop("searching for connections"))
    with workspace.timed("search"):
        found = transit_access(
            network,
            workspace.unit_snap(asked.max_snap_m),
            stops,
            workspace.place_snap(kind, asked.max_snap_m),
            timetable,
            footpaths,
            asked.window,
            percentiles=(MEDIAN, asked.percentile),
            max_walk_minutes=asked.max_walk_minutes,
            speed_kmh=asked.speed_kmh,
        )
    median, late = found.minutes.T
    said = _describe(feed, asked, len(timetable), found.stops_off_network)
    return Travel(median=median, late=late, walk=found.walk_minutes, timetable=said)


def _place_stops(workspace: Workspace, feed: Feed, max_snap_m: float) -> Snap:
    degrees = shapely.points(feed.stop_lonlat)
    metric = project(np.asarray(degrees, dtype=object), workspace.city.metric_srid)
    stops_xy = np.column_stack([shapely.get_x(metric), shapely.get_y(metric)])
    network = workspace.stored_network.network
    return snap_stops(network, stops_xy, max_snap_m=max_snap_m, index=workspace.segment_index)


def _describe(
    feed: Feed, asked: TransitQuestion, connections: int, stops_off_network: int
) -> dict[str, Any]:
    """What was ridden, and the feed's notices by the codes of `gtfs_feed.NOTICES`."""
    return {
        "feed": asked.feed,
        "date": feed.on.isoformat(),
        "first_date": feed.first_date.isoformat(),
        "last_date": feed.last_date.isoformat(),
        "stops": len(feed.stop_ids),
        "stops_off_streets": stops_off_network,
        "runs": len(feed.trip_ids),
        "connections": connections,
        "notices": [{"code": notice.code, "count": notice.count} for notice in feed.notices],
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """The same people by each of the three minutes."""

    median: Coverage
    late: Coverage
    walk: Coverage


def _count(
    travel: Travel, people: NDArray[np.float64], membership: Membership, within_minutes: float
) -> _Counted:
    return _Counted(
        **{
            name: coverage(minutes, people, membership, within_minutes=within_minutes)
            for name, minutes in (
                ("median", travel.median),
                ("late", travel.late),
                ("walk", travel.walk),
            )
        }
    )


def _columns(counted: _Counted) -> dict[str, NDArray[Any]]:
    return {
        "people": counted.median.people,
        "covered": counted.median.covered,
        "uncovered": counted.median.uncovered,
        "unknown": counted.median.unknown,
        "share": counted.median.share,
        "median_minutes": counted.median.median_minutes,
        "late_minutes": counted.late.median_minutes,
        "walk_covered": counted.walk.covered,
        "walk_share": counted.walk.share,
        "walk_median_minutes": counted.walk.median_minutes,
        "gained": counted.median.covered - counted.walk.covered,
    }


def _headline(city: _Counted, travel: Travel, people: NDArray[np.float64]) -> dict[str, Any]:
    """The city's figures; `quicker` are people who save time by riding."""
    quicker = float(np.nansum(people[travel.median < travel.walk]))
    return figures({name: column[0] for name, column in _columns(city).items()}) | {
        "quicker": quicker
    }


def _rows(
    workspace: Workspace,
    level: str,
    travel: Travel,
    people: NDArray[np.float64],
    asked: TransitQuestion,
) -> list[Row]:
    counted = _count(travel, people, workspace.territories[level][1], asked.minutes)
    return territory_rows(workspace, level, _columns(counted), counted.median.uncovered)
