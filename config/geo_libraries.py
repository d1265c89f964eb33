"""
Find GDAL, GEOS and PROJ without asking the machine for them.

The wheels of pyogrio and shapely carry complete copies. They are located, not imported: the data
folders must be named in the environment before anything loads the libraries.
"""

import os
from importlib.util import find_spec
from pathlib import Path


def _wheel_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _library(package: str, stem: str) -> str | None:
    folder = _wheel_folder(package)
    if folder is None:
        return None
    bundled = folder.parent / f"{package}.libs"
    found = sorted(bundled.glob(f"{stem}*.so*"))
    return str(found[0]) if found else None


def _name_data(variable: str, folder_name: str) -> None:
    folder = _wheel_folder("pyogrio")
    data = folder / folder_name if folder else None
    if data and data.is_dir():
        os.environ.setdefault(variable, str(data))


def locate() -> dict[str, str]:
    """Give Django `GDAL_LIBRARY_PATH` and `GEOS_LIBRARY_PATH`; nothing for what is not bundled."""
    _name_data("GDAL_DATA", "gdal_data")
    _name_data("PROJ_DATA", "proj_data")
    paths = {
        "GDAL_LIBRARY_PATH": _library("pyogrio", "libgdal"),
        "GEOS_LIBRARY_PATH": _library("shapely", "libgeos_c"),
    }
    return {name: path for name, path in paths.items() if path}
