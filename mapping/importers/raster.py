"""People on a grid: a GeoTIFF becomes zones, cut exactly at the city's boundary."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import rasterio
import rasterio.errors
import shapely
from exactextract import exact_extract

from mapping.crs import STORAGE_SRID
from mapping.errors import UnreadableFileError
from mapping.importers.raw import Fault, RawTable, to_storage

WHOLE, NOTHING = 1 - 1e-6, 1e-9


def read_population_raster(path: Path, *, boundary: Any | None = None) -> RawTable:
    """
    Read people per cell as zones.

    Parameters
    ----------
    boundary
        Polygon in EPSG:4326; cells outside are left out, and a cell it cuts keeps the share of
        its people that equals the share of its area inside. None takes the whole raster.

    Returns
    -------
    table
        One row per cell with data: column `people`, geometry in EPSG:4326. A cell marked as
        nodata is no row: nobody knows, which is not zero. Zero is a row.

    Raises
    ------
    UnreadableFileError
        If it is not a raster, has no coordinate system, or is rotated.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            raster = rasterio.open(path)
    except (rasterio.errors.RasterioIOError, OSError) as error:
        raise UnreadableFileError(path, str(error), "a GeoTIFF") from error
    with raster:
        if raster.crs is None:
            raise UnreadableFileError(path, "no coordinate system", "a georeferenced GeoTIFF")
        if raster.transform.b or raster.transform.d:
            raise UnreadableFileError(path, "a rotated raster", "rows that run west to east")
        return _read_cells(raster, boundary, path)


def _read_cells(raster: Any, boundary: Any | None, path: Path) -> RawTable:
    area = _to_raster_system(boundary, raster)
    extracted = exact_extract(
        raster, area, ["cell_id", "coverage", "values"], output="pandas", max_cells_in_memory=10**8
    )
    cell = np.asarray(extracted["cell_id"][0], dtype=np.int64)
    share = np.asarray(extracted["coverage"][0], dtype=float)
    people = np.asarray(extracted["values"][0], dtype=float)
    # A cell that only touches the boundary has no area inside.
    inside = share > NOTHING
    known = inside & np.isfinite(people)
    notes = () if known.any() else (_emptiness(raster, area),)
    cell, share, people = cell[known], share[known], people[known]
    bad = people < 0
    faults = tuple(
        Fault(
            row=int(cell[index]) + 1,
            column="people",
            got=f"{people[index]:g}",
            wanted="a number, not negative",
        )
        for index in np.flatnonzero(bad).tolist()
    )
    cell, share, people = cell[~bad], share[~bad], people[~bad]
    boxes = _boxes(raster.transform, cell // raster.width, cell % raster.width)
    cut = share < WHOLE
    boxes[cut] = shapely.intersection(boxes[cut], area.geometry.iloc[0])
    return RawTable(
        count=len(cell),
        columns={"people": (people * share).tolist()},
        geometry=to_storage(boxes, raster.crs, path),
        row_numbers=(cell + 1).tolist(),
        faults=faults,
        key=[f"{row}_{column}" for row, column in zip(*divmod(cell, raster.width), strict=True)],
        notes=notes or _note(boundary, int(cut.sum())),
    )


def _emptiness(raster: Any, area: geopandas.GeoDataFrame) -> str:
    """Why a raster brings nobody: it lies elsewhere, or none of its cells holds a number."""
    if shapely.box(*raster.bounds).intersects(area.geometry.iloc[0]):
        return (
            "every cell inside the boundary is marked as no data: nobody knows how many live there"
        )
    return "the raster lies outside the boundary: it is of another place"


def _to_raster_system(boundary: Any | None, raster: Any) -> geopandas.GeoDataFrame:
    if boundary is None:
        bounds = shapely.box(*raster.bounds)
        return geopandas.GeoDataFrame(geometry=[bounds], crs=raster.crs)
    return geopandas.GeoDataFrame(geometry=[boundary], crs=STORAGE_SRID).to_crs(raster.crs)


def _boxes(transform: Any, rows: Any, columns: Any) -> Any:
    west, north = transform.c + columns * transform.a, transform.f + rows * transform.e
    east, south = west + transform.a, north + transform.e
    return shapely.box(west, np.minimum(south, north), east, np.maximum(south, north))


def _note(boundary: Any | None, cut: int) -> tuple[str, ...]:
    if boundary is None or not cut:
        return ()
    return (f"{cut} raster cells are cut by the boundary; their people are shared by area",)
