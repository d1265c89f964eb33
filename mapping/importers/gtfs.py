"""Stops of a GTFS timetable: a zip of CSV files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas
import shapely

from mapping.errors import UnreadableFileError
from mapping.importers.raw import RawTable

MODES = {0: "tram", 1: "metro", 2: "rail", 3: "bus", 4: "ferry", 11: "trolleybus"}
"""GTFS `route_type` → mode; extended types are folded onto these by `_mode_of`."""
EXTENDED = ((100, 200, "rail"), (400, 405, "metro"), (700, 717, "bus"), (900, 907, "tram"))


def read_gtfs_stops(path: Path) -> RawTable:
    """
    Read the places where one boards; the mode is that of most routes that stop there.

    Raises
    ------
    UnreadableFileError
        If the file is not a zip with `stops.txt` and its required columns.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            tables = {name: _table(archive, name) for name in ("stops", "stop_times", "trips")}
            tables["routes"] = _table(archive, "routes")
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFileError(path, str(error), "a GTFS zip") from error
    stops = tables["stops"]
    missing = {"stop_id", "stop_name", "stop_lat", "stop_lon"} - set(stops.columns)
    if missing:
        got = f"stops.txt without {', '.join(sorted(missing))}"
        raise UnreadableFileError(path, got, "a GTFS zip")
    if "location_type" in stops:
        # stations, entrances and nodes are not boarding places
        stops = stops[stops["location_type"].isin(["", "0"])]
    modes = _modes_of_stops(tables)
    longitude = pandas.to_numeric(stops["stop_lon"], errors="coerce").to_numpy(dtype=float)
    latitude = pandas.to_numeric(stops["stop_lat"], errors="coerce").to_numpy(dtype=float)
    geometry = np.full(len(stops), None, dtype=object)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    geometry[known] = shapely.points(longitude[known], latitude[known])
    return RawTable(
        count=len(stops),
        columns={
            "name": stops["stop_name"].tolist(),
            "mode": [modes.get(stop, "") for stop in stops["stop_id"]],
        },
        geometry=geometry,
        row_numbers=[int(number) + 1 for number in stops.index],
        key=stops["stop_id"].tolist(),
    )


def _table(archive: zipfile.ZipFile, name: str) -> pandas.DataFrame:
    inner = f"{name}.txt"
    if inner not in archive.namelist():
        return pandas.DataFrame()
    content = archive.read(inner)
    wanted = {"stop_times": ["trip_id", "stop_id"], "trips": ["trip_id", "route_id"]}.get(name)
    return pandas.read_csv(
        io.BytesIO(content),
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        usecols=wanted,
        skipinitialspace=True,
    )


def _modes_of_stops(tables: dict[str, pandas.DataFrame]) -> dict[str, str]:
    times, trips, routes = tables["stop_times"], tables["trips"], tables["routes"]
    if times.empty or trips.empty or routes.empty:
        return {}
    served = times.merge(trips, on="trip_id").merge(routes[["route_id", "route_type"]])
    served = served[["stop_id", "route_id", "route_type"]].drop_duplicates()
    counts = served.groupby(["stop_id", "route_type"]).size().sort_values()
    return {stop: _mode_of(route_type) for stop, route_type in counts.index}


def _mode_of(route_type: str) -> str:
    if not route_type.isdigit():
        return ""
    number = int(route_type)
    extended = (mode for low, high, mode in EXTENDED if low <= number < high)
    return MODES.get(number) or next(extended, "trolleybus" if number == 800 else "")
