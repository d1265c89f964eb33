"""GeoPackage and the other vector formats GDAL knows, and GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow
import pyogrio

from mapping.errors import UnreadableFileError
from mapping.importers.raw import RawTable, to_storage


def read_vector(path: Path, *, layer: str = "") -> RawTable:
    """
    Read one layer through GDAL.

    Raises
    ------
    UnreadableFileError
        If GDAL cannot open it, or there are several layers and none was named.
    """
    source = f"/vsigzip/{path}" if path.suffix == ".gz" else str(path)
    try:
        layers = [str(name) for name, _ in pyogrio.list_layers(source)]
        if layer and layer not in layers:
            raise UnreadableFileError(path, f"layers {', '.join(layers)}", f"a layer “{layer}”")
        if not layer and len(layers) > 1:
            got = f"{len(layers)} layers ({', '.join(layers)})"
            raise UnreadableFileError(path, got, "“layer” in the descriptor")
        frame = pyogrio.read_dataframe(source, layer=layer or layers[0])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError) as error:
        raise UnreadableFileError(path, str(error), "a file GDAL can open") from error
    return _to_raw(frame, path)


def read_geoparquet(path: Path) -> RawTable:
    """
    Read a GeoParquet file; its own coordinate system is honoured.

    Raises
    ------
    UnreadableFileError
        If it is not Parquet, or has no geometry column.
    """
    try:
        frame = geopandas.read_parquet(path)
    except (pyarrow.ArrowException, ValueError, OSError) as error:
        raise UnreadableFileError(path, str(error), "a GeoParquet file") from error
    return _to_raw(frame, path)


def _to_raw(frame: Any, path: Path) -> RawTable:
    columns = {}
    geometry = None
    if isinstance(frame, geopandas.GeoDataFrame):
        geometry = np.asarray(frame.geometry.array, dtype=object)
        if frame.crs is not None:
            geometry = to_storage(geometry, frame.crs, path)
        frame = frame.drop(columns=frame.geometry.name)
    for name in frame.columns:
        values = frame[name]
        columns[str(name)] = values.astype(object).where(values.notna(), None).tolist()
    return RawTable(count=len(frame), columns=columns, geometry=geometry)
