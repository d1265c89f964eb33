"""Arrays of figures as rows of a run's tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from mapping.crs import STORAGE_SRID, project
from mapping.models import City
from mapping.services.runs import Row, finite
from mapping.services.workspace import Workspace

LEVELS = ("district", "tos")


def figure(value: Any) -> Any:
    """A figure as JSON holds it: None where it is undefined."""
    if isinstance(value, np.generic):
        value = value.item()
    return finite(value) if isinstance(value, float) else value


def figures(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: figure(value) for name, value in values.items()}


def figures_at(columns: Mapping[str, ArrayLike], number: int) -> dict[str, Any]:
    """One line of a table whose columns are arrays."""
    return {name: figure(np.asarray(column)[number]) for name, column in columns.items()}


def territory_rows(
    workspace: Workspace, level: str, columns: Mapping[str, ArrayLike], worst_first: ArrayLike
) -> list[Row]:
    """
    Rows of the districts or ТОС, those with the most of `worst_first` at the top.

    Territories in which nobody is counted come last.
    """
    territories, _ = workspace.territories[level]
    return [
        Row(values=figures_at(columns, number), **{f"{level}_id": int(territories["id"][number])})
        for number in order_descending(worst_first)
    ]


def institution_rows(
    city: City,
    places: gpd.GeoDataFrame,
    lines: Iterable[Mapping[str, Any]],
    most_first: ArrayLike,
) -> list[Row]:
    """Rows of institutions, one of `lines` each, those with the most of `most_first` at the top."""
    values = list(lines)
    points = to_degrees(city, np.asarray(places.geometry.values, dtype=object))
    return [
        Row(
            label=str(places["name"][number]),
            values=values[number],
            geometry=points[number],
            institution_id=int(places["id"][number]),
        )
        for number in order_descending(most_first)
    ]


def order_descending(values: ArrayLike) -> NDArray[np.int64]:
    """Indexes from the largest value to the smallest, undefined ones last, equals as they come."""
    numbers = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=-np.inf)
    return np.argsort(-numbers, kind="stable")


def to_degrees(city: City, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Metric shapes as they are stored."""
    return project(shapes, STORAGE_SRID, from_srid=city.metric_srid)


def latitude_longitude(point: BaseGeometry) -> list[float]:
    return [round(point.y, 6), round(point.x, 6)]
