"""What every reader hands on: the columns of a file and its geometry, before any judgement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from mapping.crs import STORAGE_SRID
from mapping.errors import UnreadableFileError

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with a row that only the reader can see."""

    row: int
    column: str
    got: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """
    Attributes
    ----------
    count
        Number of rows.
    columns
        Name → values, each of length `count`; an empty cell is None.
    geometry
        shapely objects in EPSG:4326, shape (count,), None where a row has none; None for a file
        without geometry.
    row_numbers
        1-based number of each row in its file, for messages.
    faults
        Rows the reader could not take at all; they are not among the columns.
    notes
        Whole-file remarks a person must know to trust the numbers.
    """

    count: int
    columns: Mapping[str, Sequence[Any]]
    geometry: Geometries | None = None
    row_numbers: Sequence[int] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    key: Sequence[str] | None = field(default=None)
    """Keys of the rows, for formats that have their own."""

    def row_number(self, index: int) -> int:
        return self.row_numbers[index] if self.row_numbers else index + 1

    def cells(self, column: str) -> Sequence[Any] | None:
        """Values of a column; `a.b` also reaches into objects; None when there is no such one."""
        if column in self.columns:
            return self.columns[column]
        head, dot, tail = column.partition(".")
        if not dot or head not in self.columns:
            return None
        return [_reach(value, tail) for value in self.columns[head]]


def _reach(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_empty(value: Any) -> bool:
    """Whether a cell says nothing: None, NaN, or only spaces."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and math.isnan(value)


def to_storage(geometry: Geometries, crs: Any, path: Path) -> Geometries:
    """Move geometries from the system a file names to the storage one."""
    try:
        system = CRS.from_user_input(crs)
    except CRSError as error:
        raise UnreadableFileError(path, f"coordinate system {crs!r}", "a known one") from error
    storage = CRS.from_epsg(STORAGE_SRID)
    if system.equals(storage, ignore_axis_order=True):
        return geometry
    move = Transformer.from_crs(system, storage, always_xy=True)
    moved: Geometries = shapely.transform(geometry, move.transform, interleaved=False)
    return moved
