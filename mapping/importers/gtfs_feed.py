"""
A GTFS feed as the runs of one date: trips of its services, headways unrolled, midnight crossed.

Follows the GTFS Schedule reference (gtfs.org/documentation/schedule/reference). What the feed
leaves open is settled here and noted: a headway without exact times starts with its first vehicle
at `start_time`; times missing between two known ones are spread evenly over the stops.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from numpy.typing import NDArray

from mapping.errors import NoServiceError, UnreadableFileError
from mapping.importers.files import MAX_UNZIPPED_BYTES

DAY_S = 24 * 3600
LAST_S = 30 * 3600
"""Runs of the next service day count until six in the morning."""

FORBIDDEN_S = -1
"""In `FeedTransfers.least_s`: this change cannot be made."""

COLUMNS = {
    "stops": ("stop_id",),
    "trips": ("trip_id", "service_id"),
    "stop_times": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
    "calendar": ("service_id", "start_date", "end_date"),
    "calendar_dates": ("service_id", "date", "exception_type"),
    "frequencies": ("trip_id", "start_time", "end_time", "headway_secs"),
    "transfers": ("from_stop_id", "to_stop_id", "transfer_type"),
}
REQUIRED = ("stops", "trips", "stop_times")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SATURDAY = 5
"""The number of the day, Monday being 0."""

CALENDARS = ("calendar", "calendar_dates")
BOARDING_PLACES = ("", "0")
NO_BOARDING = "1"
"""`pickup_type` and `drop_off_type`: only this one says no; by telephone or by a wave is yes."""

TRANSFER_IN_TIME, TRANSFER_IMPOSSIBLE = "2", "3"


@dataclass(frozen=True, slots=True)
class FeedNotice:
    """What was read otherwise than written, or not at all, and how many times."""

    code: str
    count: int


NOTICES = {
    "headway": "runs by headway: the feed gives no times, the first leaves at the start",
    "interpolated": "stop times missing in the feed, spread evenly between the known ones",
    "unknown_stop": "stop times at stops that stops.txt does not place, left out",
    "unknown_trip": "stop times of trips that trips.txt does not have, left out",
    "unusable_trip": "trips left out: times missing at an end or going back, or a single stop",
    "unusable_headway": "rows of frequencies.txt left out: no such trip, or times of no meaning",
    "ignored_transfer": "rows of transfers.txt not followed: for single trips, or without a time",
    "no_position": "stops without coordinates: they cannot join the streets",
}


@dataclass(frozen=True, slots=True, eq=False)
class FeedTransfers:
    """Changes that the feed names, shape (r,): stop numbers and least seconds (-1 = forbidden)."""

    from_stop: NDArray[np.int32]
    to_stop: NDArray[np.int32]
    least_s: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """
    Everything that runs on one date, from midnight to six in the morning after.

    Attributes
    ----------
    on, first_date, last_date
        The date, and the first and last dates on which the feed says that anything runs.
    stop_ids, stop_names, stop_lonlat
        Places where one boards; WGS 84 degrees, shape (stops, 2), NaN where nobody knows.
    trip_ids
        Per run, shape (runs,): the trip of the feed that it is a run of. Trips that go by headway,
        and those before and after midnight, may stand here several times.
    trip_ptr, stop, arrival_s, departure_s, boards, alights
        Run `t` calls at `stop[trip_ptr[t]:trip_ptr[t + 1]]`; seconds since midnight of `on`
        (negative before it), never going back within a run.
    transfers
        Least times and forbidden changes, stations spread over their stops.
    notices
        What was settled or left out.
    """

    on: date
    first_date: date
    last_date: date
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stop_lonlat: NDArray[np.float64]
    trip_ids: tuple[str, ...]
    trip_ptr: NDArray[np.int64]
    stop: NDArray[np.int32]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    transfers: FeedTransfers
    notices: tuple[FeedNotice, ...]


def read_feed(path: Path, *, on: date) -> Feed:
    """
    Read what runs on a date.

    Raises
    ------
    UnreadableFileError
        If the file is not a zip with the tables and columns of a GTFS feed.
    NoServiceError
        If nothing runs on the date; the message says from when to when anything does.
    """
    tables = _read_calendar(path)
    counts = dict.fromkeys(NOTICES, 0)
    services = {offset: _services_on(tables, on + timedelta(days=offset)) for offset in (-1, 0, 1)}
    first, last = _extent(tables)
    if not services[0] or first is None or last is None:
        raise NoServiceError(path.name, on, first, last)
    stops = _stops(tables["stops"])
    calls = _calls(path, tables, stops, counts)
    runs = _runs(tables, calls, services, counts)
    transfers = _transfers(tables, stops, counts)
    lonlat = _lonlat(tables["stops"], stops)
    counts["no_position"] = int(np.isnan(lonlat).any(axis=1).sum())
    return Feed(
        on=on,
        first_date=first,
        last_date=last,
        stop_ids=tuple(stops["stop_id"]),
        stop_names=tuple(stops["stop_name"]),
        stop_lonlat=lonlat,
        **_unroll(calls, runs),
        transfers=transfers,
        notices=tuple(FeedNotice(code, count) for code, count in counts.items() if count),
    )


def feed_dates(path: Path) -> tuple[date | None, date | None]:
    """
    Return the first and the last date on which anything runs; None where the calendar is empty.

    Raises UnreadableFileError as `read_feed` does.
    """
    return _extent(_read_calendar(path))


def first_weekday(path: Path) -> date | None:
    """
    Return the first day from Monday to Friday on which anything runs.

    The first day at all where nothing ever runs on weekdays; None where nothing runs at all.
    Raises UnreadableFileError as `read_feed` does.
    """
    tables = _read_days(path)
    first, last = _extent(tables)
    if first is None or last is None:
        return None
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    weekend: date | None = None
    for day in days:
        if (weekend is None or day.weekday() < SATURDAY) and _services_on(tables, day):
            if day.weekday() < SATURDAY:
                return day
            weekend = day
    return weekend


def check_service(path: Path, on: date) -> None:
    """
    Refuse a day on which nothing runs, by the calendar alone.

    Raises NoServiceError with the days there are, and UnreadableFileError as `read_feed` does.
    """
    tables = _read_days(path)
    if not _services_on(tables, on):
        raise NoServiceError(path.name, on, *_extent(tables))


def _read_days(path: Path) -> dict[str, pandas.DataFrame]:
    """Read the two tables of the calendar, which are small beside the stop times."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in CALENDARS if f"{name}.txt" in archive.namelist()]
            return {name: _read_table(archive, name) for name in names}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(path, str(error), "a GTFS zip") from error


def _read_calendar(path: Path) -> dict[str, pandas.DataFrame]:
    tables = _read_tables(path)
    if "calendar" not in tables and "calendar_dates" not in tables:
        raise UnreadableFileError(path, "no calendar", "calendar.txt or calendar_dates.txt")
    return tables


def _read_tables(path: Path) -> dict[str, pandas.DataFrame]:
    try:
        with zipfile.ZipFile(path) as archive:
            present = [name for name in COLUMNS if f"{name}.txt" in archive.namelist()]
            tables = {name: _read_table(archive, name) for name in present}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(path, str(error), "a GTFS zip") from error
    missing = [f"{name}.txt" for name in REQUIRED if name not in tables]
    if missing:
        raise UnreadableFileError(path, f"no {', '.join(missing)}", "a GTFS zip")
    for name, table in tables.items():
        absent = [column for column in COLUMNS[name] if column not in table]
        if absent:
            got = f"{name}.txt without {', '.join(absent)}"
            raise UnreadableFileError(path, got, "a GTFS zip")
    return tables


def _read_table(archive: zipfile.ZipFile, name: str) -> pandas.DataFrame:
    inner = f"{name}.txt"
    if archive.getinfo(inner).file_size > MAX_UNZIPPED_BYTES:
        raise ValueError(f"{inner} of over 4 GB")
    return pandas.read_csv(
        io.BytesIO(archive.read(inner)),
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        skipinitialspace=True,
    )


def _services_on(tables: dict[str, pandas.DataFrame], day: date) -> set[str]:
    """Return the services of a day: those of its weekday, with the exceptions of the date."""
    stamp = f"{day:%Y%m%d}"
    running: set[str] = set()
    if "calendar" in tables:
        calendar = tables["calendar"]
        runs = _column(calendar, WEEKDAYS[day.weekday()]) == "1"
        runs &= (calendar["start_date"] <= stamp) & (stamp <= calendar["end_date"])
        running |= set(calendar["service_id"][runs])
    if "calendar_dates" in tables:
        exceptions = tables["calendar_dates"]
        today = exceptions[exceptions["date"] == stamp]
        running |= set(today["service_id"][today["exception_type"] == "1"])
        running -= set(today["service_id"][today["exception_type"] == "2"])
    return running


def _extent(tables: dict[str, pandas.DataFrame]) -> tuple[date | None, date | None]:
    """Return the first and the last date of all services together."""
    stamps: list[str] = []
    if "calendar" in tables:
        stamps += [*tables["calendar"]["start_date"], *tables["calendar"]["end_date"]]
    if "calendar_dates" in tables:
        exceptions = tables["calendar_dates"]
        stamps += list(exceptions["date"][exceptions["exception_type"] == "1"])
    days = pandas.to_datetime(pandas.Series(stamps), format="%Y%m%d", errors="coerce").dropna()
    return (days.min().date(), days.max().date()) if len(days) else (None, None)


def _column(table: pandas.DataFrame, name: str) -> pandas.Series:
    """Return an optional column; an absent one is empty text."""
    return table[name] if name in table else pandas.Series("", index=table.index)


def _stops(places: pandas.DataFrame) -> pandas.DataFrame:
    """Return the places where one boards; stations, entrances and nodes are none."""
    return pandas.DataFrame(
        {
            "stop_id": places["stop_id"],
            "stop_name": _column(places, "stop_name"),
            "parent": _column(places, "parent_station"),
        }
    )[_column(places, "location_type").isin(BOARDING_PLACES)].drop_duplicates("stop_id")


def _lonlat(places: pandas.DataFrame, stops: pandas.DataFrame) -> NDArray[np.float64]:
    """Return the position of every stop, or else that of its station."""
    position = pandas.DataFrame(
        {
            name: pandas.to_numeric(_column(places, name), errors="coerce")
            for name in ("stop_lon", "stop_lat")
        }
    ).set_index(places["stop_id"])
    position = position[~position.index.duplicated()]
    own = position.reindex(stops["stop_id"]).to_numpy(dtype=float)
    parents = position.reindex(stops["parent"]).to_numpy(dtype=float)
    lonlat: NDArray[np.float64]
    lonlat = np.where(np.isnan(own).any(axis=1, keepdims=True), parents, own)
    return lonlat


@dataclass(frozen=True, slots=True, eq=False)
class _Calls:
    """The trips of the feed as it writes them, all services; `ptr` as in `Feed.trip_ptr`."""

    trip_ids: NDArray[np.object_]
    service_ids: pandas.Series
    ptr: NDArray[np.int64]
    stop: NDArray[np.int32]
    arrival_s: NDArray[np.int32]
    departure_s: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Which trip runs how many seconds after its written times, shape (runs,) each."""

    trip: NDArray[np.int64]
    shift_s: NDArray[np.int64]


def _calls(
    path: Path,
    tables: dict[str, pandas.DataFrame],
    stops: pandas.DataFrame,
    counts: dict[str, int],
) -> _Calls:
    trips, times = tables["trips"].drop_duplicates("trip_id"), tables["stop_times"]
    trip = pandas.Index(trips["trip_id"]).get_indexer(times["trip_id"])
    stop = pandas.Index(stops["stop_id"]).get_indexer(times["stop_id"])
    order_in_trip = pandas.to_numeric(times["stop_sequence"], errors="coerce").to_numpy(float)
    counts["unknown_trip"] = int((trip < 0).sum())
    counts["unknown_stop"] = int(((stop < 0) & (trip >= 0)).sum())
    if np.isnan(order_in_trip).any():
        raise UnreadableFileError(path, "a stop_sequence that is no number", "a GTFS zip")
    order = np.lexsort((order_in_trip, trip))
    order = order[(trip[order] >= 0) & (stop[order] >= 0)]
    arrival_s, departure_s = _fill(
        _seconds(times["arrival_time"])[order], _seconds(times["departure_time"])[order]
    )
    arrival_s, departure_s, missing = _spread(trip[order], arrival_s, departure_s)
    bad = _unusable(trip[order], arrival_s, departure_s, len(trips))
    called = np.bincount(trip[order], minlength=len(trips)) > 0
    counts["unusable_trip"] = int((bad & called).sum())
    kept = ~bad[trip[order]]
    counts["interpolated"] = int(missing[kept].sum())
    order = order[kept]
    ptr = np.zeros(len(trips) + 1, dtype=np.int64)
    np.cumsum(np.bincount(trip[order], minlength=len(trips)), out=ptr[1:])
    return _Calls(
        trip_ids=trips["trip_id"].to_numpy(dtype=object),
        service_ids=trips["service_id"],
        ptr=ptr,
        stop=stop[order].astype(np.int32),
        arrival_s=np.rint(arrival_s[kept]).astype(np.int32),
        departure_s=np.rint(departure_s[kept]).astype(np.int32),
        boards=(_column(times, "pickup_type") != NO_BOARDING).to_numpy()[order],
        alights=(_column(times, "drop_off_type") != NO_BOARDING).to_numpy()[order],
    )


def _seconds(clock: pandas.Series) -> NDArray[np.float64]:
    """Turn `H:MM:SS` since midnight into seconds; NaN where there is no such time."""
    codes, written = pandas.factorize(clock)
    parts = pandas.Series(written, dtype=str).str.extract(r"^\s*(\d+):([0-5]\d):([0-5]\d)\s*$")
    hours, minutes, seconds = (parts[number].astype(float) for number in range(3))
    written_s = (hours * 3600 + minutes * 60 + seconds).to_numpy(float)
    since_midnight: NDArray[np.float64] = written_s[codes]
    return since_midnight


def _fill(
    arrival_s: NDArray[np.float64], departure_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Let one time of a call stand for the other where that is missing."""
    arrives = np.where(np.isnan(arrival_s), departure_s, arrival_s)
    return arrives, np.where(np.isnan(departure_s), arrival_s, departure_s)


def _spread(
    trip: NDArray[np.int64], arrival_s: NDArray[np.float64], departure_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Spread missing calls evenly between the known ones of their trip; say which were missing."""
    missing = np.isnan(arrival_s)
    if not missing.any() or missing.all():
        return arrival_s, departure_s, missing
    place = np.arange(len(trip))
    before = np.maximum.accumulate(np.where(missing, 0, place))
    after = np.minimum.accumulate(np.where(missing, len(trip) - 1, place)[::-1])[::-1]
    same = missing & (trip[before] == trip) & (trip[after] == trip)
    share = (place - before)[same] / (after - before)[same]
    gap_s = (arrival_s[after] - departure_s[before])[same]
    between_s = departure_s[before][same] + share * gap_s
    arrives, departs = arrival_s.copy(), departure_s.copy()
    arrives[same] = departs[same] = between_s
    return arrives, departs, missing


def _unusable(
    trip: NDArray[np.int64],
    arrival_s: NDArray[np.float64],
    departure_s: NDArray[np.float64],
    trip_count: int,
) -> NDArray[np.bool_]:
    """Say of which trips the times are unknown or go back, or which have a single stop."""
    bad = np.bincount(trip, minlength=trip_count) < 2
    bad[trip[~(departure_s >= arrival_s)]] = True  # also where a time is not known
    ride = np.flatnonzero(trip[1:] == trip[:-1])
    bad[trip[ride[~(arrival_s[ride + 1] >= departure_s[ride])]]] = True
    return bad


def _runs(
    tables: dict[str, pandas.DataFrame],
    calls: _Calls,
    services: dict[int, set[str]],
    counts: dict[str, int],
) -> _Runs:
    """List the runs of three service days that touch the date."""
    template, by_headway = _templates(tables, calls, counts)
    runs = []
    for offset, running in services.items():
        today = calls.service_ids.isin(running).to_numpy()[template.trip]
        trip, shift_s = template.trip[today], template.shift_s[today] + offset * DAY_S
        ends_s = calls.arrival_s[calls.ptr[trip + 1] - 1] + shift_s
        begins_s = calls.departure_s[calls.ptr[trip]] + shift_s
        kept = (ends_s >= 0) if offset < 1 else (begins_s < LAST_S)
        counts["headway"] += int(by_headway[today][kept].sum())
        runs.append(_Runs(trip[kept], shift_s[kept]))
    return _Runs(
        np.concatenate([some.trip for some in runs]),
        np.concatenate([some.shift_s for some in runs]),
    )


def _templates(
    tables: dict[str, pandas.DataFrame], calls: _Calls, counts: dict[str, int]
) -> tuple[_Runs, NDArray[np.bool_]]:
    """List the runs of any service day, and which of them have no exact times."""
    usable = np.diff(calls.ptr) > 0
    if "frequencies" not in tables:
        trip = np.flatnonzero(usable)
        return _Runs(trip, np.zeros(trip.size, dtype=np.int64)), np.zeros(trip.size, dtype=bool)
    rows = tables["frequencies"]
    trip_of_row = pandas.Index(calls.trip_ids).get_indexer(rows["trip_id"])
    start_s, end_s = _seconds(rows["start_time"]), _seconds(rows["end_time"])
    headway_s = pandas.to_numeric(rows["headway_secs"], errors="coerce").to_numpy(float)
    sound = (trip_of_row >= 0) & (headway_s >= 1) & (end_s > start_s)
    counts["unusable_headway"] = int((~sound).sum())
    sound &= usable[trip_of_row]
    exact = (_column(rows, "exact_times") == "1").to_numpy()
    # A trip of this table runs only as the table says.
    usable[trip_of_row[trip_of_row >= 0]] = False
    trips, shifts = [np.flatnonzero(usable)], [np.zeros(usable.sum())]
    inexact = [np.zeros(usable.sum(), dtype=bool)]
    for row in np.flatnonzero(sound):
        trip = trip_of_row[row]
        first_s = np.arange(start_s[row], end_s[row], headway_s[row])
        trips.append(np.full(first_s.size, trip))
        shifts.append(first_s - calls.departure_s[calls.ptr[trip]])
        inexact.append(np.full(first_s.size, not exact[row]))
    runs = _Runs(np.concatenate(trips), np.concatenate(shifts).astype(np.int64))
    return runs, np.concatenate(inexact)


def _unroll(calls: _Calls, runs: _Runs) -> dict[str, Any]:
    """Write out the calls of every run."""
    lengths = np.diff(calls.ptr)[runs.trip]
    ptr = np.zeros(len(runs.trip) + 1, dtype=np.int64)
    np.cumsum(lengths, out=ptr[1:])
    row = np.arange(ptr[-1]) + np.repeat(calls.ptr[runs.trip] - ptr[:-1], lengths)
    shift_s = np.repeat(runs.shift_s, lengths)
    return {
        "trip_ids": tuple(calls.trip_ids[runs.trip]),
        "trip_ptr": ptr,
        "stop": calls.stop[row],
        "arrival_s": (calls.arrival_s[row] + shift_s).astype(np.int32),
        "departure_s": (calls.departure_s[row] + shift_s).astype(np.int32),
        "boards": calls.boards[row],
        "alights": calls.alights[row],
    }


def _transfers(
    tables: dict[str, pandas.DataFrame], stops: pandas.DataFrame, counts: dict[str, int]
) -> FeedTransfers:
    """Spread changes between stations over their stops; what is said of a stop comes last."""
    number = {stop: place for place, stop in enumerate(stops["stop_id"])}
    children: dict[str, list[int]] = {stop: [place] for stop, place in number.items()}
    for stop, parent in zip(stops["stop_id"], stops["parent"], strict=True):
        if parent and parent not in number:
            children.setdefault(parent, []).append(number[stop])
    said: list[tuple[int, int, int, int]] = []
    for from_id, to_id, least_s in _changes(tables, counts):
        stations = (from_id not in number) + (to_id not in number)
        said += [
            (-stations, from_stop, to_stop, least_s)
            for from_stop in children.get(from_id, ())
            for to_stop in children.get(to_id, ())
        ]
    said.sort(key=lambda change: change[0])
    columns = np.array(said, dtype=np.int32).reshape(-1, 4).T
    return FeedTransfers(columns[1], columns[2], columns[3])


def _changes(
    tables: dict[str, pandas.DataFrame], counts: dict[str, int]
) -> Iterable[tuple[str, str, int]]:
    """Yield (from, to, least seconds) of the rows that say something of all passengers."""
    if "transfers" not in tables:
        return
    rows = tables["transfers"]
    columns = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
    particular = np.any([(_column(rows, name) != "").to_numpy() for name in columns], axis=0)
    least_s = pandas.to_numeric(_column(rows, "min_transfer_time"), errors="coerce").to_numpy()
    timed = (rows["transfer_type"] == TRANSFER_IN_TIME).to_numpy() & (least_s >= 0)
    impossible = (rows["transfer_type"] == TRANSFER_IMPOSSIBLE).to_numpy()
    followed = ~particular & (timed | impossible)
    counts["ignored_transfer"] = int((~followed).sum())
    seconds = np.where(impossible, FORBIDDEN_S, least_s)
    for row in np.flatnonzero(followed):
        yield rows["from_stop_id"].iat[row], rows["to_stop_id"].iat[row], int(seconds[row])
