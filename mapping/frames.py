"""
The border between tables and arrays: rows become frames in the city's metric CRS, and back.

Nothing else turns rows into frames, so nothing else has to think about projections and nulls.
"""

import hashlib
from typing import Any

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
from django.contrib.gis.db.models import GeometryField
from django.db import connection
from django.db.models import F, Func, QuerySet, TextField
from numpy.typing import NDArray

from mapping.analysis.coverage import Membership
from mapping.analysis.territories import pairs_inside
from mapping.crs import project
from mapping.importers.records import AGE_GROUPS
from mapping.models import City, District, PopulationUnit, Street, TosTerritory

GRID_RESOLUTION = 8
"""H3 cells of about 0.7 km²: a quarter one can walk across in ten minutes."""


class AsBinary(Func):
    function = "ST_AsBinary"
    output_field = TextField()


def read_frame(
    rows: QuerySet[Any], geometry: str, columns: tuple[str, ...], city: City
) -> gpd.GeoDataFrame:
    """
    Read rows ordered by id into a frame: `id`, `columns` and a metric geometry.

    Missing numbers are NaN, a missing geometry is None.
    """
    values = list(
        rows.order_by("pk").annotate(_wkb=AsBinary(F(geometry))).values_list("pk", "_wkb", *columns)
    )
    frame = pd.DataFrame(values, columns=["id", "_wkb", *columns])
    raw = [None if value is None else bytes(value) for value in frame.pop("_wkb")]
    shapes = shapely.from_wkb(np.array(raw, dtype=object))
    return gpd.GeoDataFrame(frame, geometry=project(shapes, city.metric_srid), crs=city.metric_srid)


def street_lines(city: City) -> NDArray[np.object_]:
    """Lines one may walk along, metric, in a stable order."""
    rows = Street.objects.filter(city=city, foot=True)
    return np.asarray(read_frame(rows, "geometry", (), city).geometry.values, dtype=object)


def unit_frame(city: City) -> gpd.GeoDataFrame:
    """Population units: `people` and the age groups as floats, NaN where nobody knows."""
    rows = PopulationUnit.objects.filter(city=city)
    frame = read_frame(
        rows, "point", ("people", *AGE_GROUPS, "address", "modelled", "synthetic"), city
    )
    for name in ("people", *AGE_GROUPS):
        frame[name] = frame[name].astype(float)
    return frame


def points_xy(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Coordinates of a frame of points, shape (n, 2), metres."""
    points = np.asarray(frame.geometry.values, dtype=object)
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)])


def district_membership(city: City, units: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Membership]:
    """Current districts and which units lie in them."""
    rows = District.objects.filter(city=city, valid_to__isnull=True)
    return _membership(read_frame(rows, "geometry", (), city), units)


def tos_membership(city: City, units: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Membership]:
    """
    Current ТОС territories; a unit belongs by place, or by address in the list of houses.

    A ТОС of which neither an outline nor a house is known is left out: of it nothing can be said.
    """
    rows = TosTerritory.objects.filter(city=city, valid_to__isnull=True)
    frame = read_frame(rows, "geometry", ("houses",), city)
    by_address = _pairs_by_address(frame, units)
    known = frame.geometry.notna().to_numpy(copy=True)
    known[by_address[:, 1]] = True
    number = np.cumsum(known) - 1
    frame, by_place = _membership(frame[known].reset_index(drop=True), units)
    return frame, Membership.from_pairs(
        np.concatenate([by_place.unit, by_address[:, 0]]),
        np.concatenate([by_place.territory, number[by_address[:, 1]]]),
        len(units),
        len(frame),
    )


def _pairs_by_address(territories: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Pairs of unit and territory, shape (n, 2), where a listed house is a unit's address."""
    at: dict[str, list[int]] = {}
    # Nobody's list of houses is the usual case; the many addresses are read for somebody's alone.
    addresses = units["address"] if any(territories["houses"]) else ()
    for unit, address in enumerate(addresses):
        if address:
            at.setdefault(address, []).append(unit)
    pairs = [
        (unit, number)
        for number, houses in enumerate(territories["houses"])
        for house in houses
        for unit in at.get(house, ())
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def grid_membership(city: City, units: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Membership]:
    """H3 cells that hold at least one unit, `id` being the cell."""
    degrees = project(
        np.asarray(units.geometry.values, dtype=object), 4326, from_srid=city.metric_srid
    )
    latitudes, longitudes = shapely.get_y(degrees), shapely.get_x(degrees)
    cells = [
        h3.latlng_to_cell(latitude, longitude, GRID_RESOLUTION)
        for latitude, longitude in zip(latitudes.tolist(), longitudes.tolist(), strict=True)
    ]
    names, index = np.unique(np.array(cells, dtype=str), return_inverse=True)
    return pd.DataFrame({"id": names}), Membership.from_index(index, len(names))


def _membership(
    territories: gpd.GeoDataFrame, units: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, Membership]:
    points = np.asarray(units.geometry.values, dtype=object)
    polygons = np.asarray(territories.geometry.values, dtype=object)
    unit, territory = pairs_inside(points, polygons)
    return territories, Membership.from_pairs(unit, territory, len(units), len(territories))


def table_checksum(rows: QuerySet[Any], *columns: str) -> str:
    """
    Digest of the chosen columns of `rows`, computed in the database.

    Geometry columns count by their exact bytes. Cost grows with the rows; nothing is fetched.
    """
    model = rows.model
    quoted = [_quoted(model, column) for column in columns]
    inner, params = rows.order_by().values_list("pk").query.sql_with_params()
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"SELECT md5(coalesce(string_agg(digest, '' ORDER BY id), '')) FROM ("  # noqa: S608
        f"SELECT id, md5(concat_ws('|', {', '.join(quoted)})) AS digest "
        f"FROM {table} WHERE id IN ({inner})) AS rows"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return str(cursor.fetchone()[0])


def _quoted(model: Any, column: str) -> str:
    field = model._meta.get_field(column)
    name = connection.ops.quote_name(field.column)
    binary = f"encode(ST_AsBinary({name}), 'hex')"
    text = binary if isinstance(field, GeometryField) else f"{name}::text"
    return f"coalesce({text}, '∅')"


def combined_key(parts: dict[str, Any]) -> str:
    """One short digest of named values, the same for the same values in any order."""
    text = "\n".join(f"{name}={parts[name]!r}" for name in sorted(parts))
    return hashlib.sha256(text.encode()).hexdigest()
