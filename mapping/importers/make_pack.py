"""A complete city pack out of an OpenStreetMap extract."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from mapping.crs import STORAGE_SRID, utm_srid
from mapping.errors import ParameterError
from mapping.hours.holidays import check_country
from mapping.importers.kinds import load_kinds
from mapping.importers.opening import DESCRIPTOR, open_pack
from mapping.importers.osm_pbf import OsmExtract, boundary_of, districts_of, read_osm
from mapping.importers.raster import read_population_raster
from mapping.importers.raw import RawTable
from mapping.importers.tables import TABLES

OSM_LICENSE = "ODbL-1.0"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
OSM_PATH = "https://www.openstreetmap.org/copyright"
OSM_TABLES = ("streets", "institutions", "population_units", "stops", "base_features")
HOLDS = {
    "boundary": "boundary of the city",
    "districts": "administrative areas inside the city",
    "streets": "streets, footways and paths with their class and name",
    "institutions": "culture institutions by their tags",
    "population_units": "residential buildings with storeys",
    "stops": "stops of public transport",
    "base_features": "water, parks and railways of the base map",
    "population_zones": "people per cell of the population raster",
}
SMALL = frozenset({"boundary", "districts", "institutions", "stops"})
"""Tables kept as GeoJSON, which a person can open and mend; the others are GeoParquet."""
NEEDED = frozenset({"boundary", "streets"})
NOTE_WITHOUT_HOMES = "no residential building: people cannot be placed, and no share computed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSummary:
    """
    Attributes
    ----------
    folder
        Where the pack is.
    counts
        Table → rows written.
    notes
        What a person should check: how the boundary was chosen, what is guessed or missing.
    """

    folder: Path
    counts: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """The pack while it is being written."""

    folder: Path
    resources: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def make_pack(
    osm_path: Path,
    *,
    out_dir: Path,
    boundary: str = "",
    population: Path | int | None = None,
    name: str = "",
    slug: str = "",
    timezone: str = "",
    country: str = "",
) -> PackSummary:
    """
    Turn an extract into a pack: every table it can fill, and a descriptor that loads.

    Parameters
    ----------
    out_dir
        Folder of the pack; made when it is not there.
    boundary
        Name or relation id of an administrative area; by default the largest the extract holds
        as a whole, else the extract's own bounds.
    population
        A GeoTIFF of people per cell, or the people of the whole city, spread over homes by
        storeys × footprint; None leaves people unknown.
    name, slug
        Of the city; by default those of the boundary.
    timezone
        For example Asia/Novosibirsk; by default a whole-hour zone by longitude, to be checked.
    country
        ISO 3166-1 code, for example RU; its public holidays change opening hours.

    Raises
    ------
    UnreadableFileError
        If the extract or the raster cannot be read.
    BoundaryNotFoundError
        If the asked boundary is not in the extract as a whole.
    ParameterError
        If the population is not positive.
    CountryError
        If the holidays of the country are not known.
    """
    if isinstance(population, int) and population <= 0:
        raise ParameterError("population", population, "people of the city, more than none")
    check_country(country)
    extract = read_osm(osm_path, kinds=load_kinds(), tables=OSM_TABLES)
    outline = boundary_of(extract, boundary)
    assert outline.geometry is not None
    shape = outline.geometry[0]
    out_dir.mkdir(parents=True, exist_ok=True)
    draft = _Draft(out_dir, notes=list(outline.notes))
    city = _describe_city(
        draft, extract, shape, name=name, slug=slug, timezone=timezone, country=country
    )
    _write_tables(draft, extract, outline, city["name"])
    if isinstance(population, Path):
        _write(draft, "population_zones", read_population_raster(population, boundary=shape))
    descriptor = _describe(draft, extract, city, population, osm_path)
    text = json.dumps(descriptor, ensure_ascii=False, indent=1)
    (out_dir / DESCRIPTOR).write_text(text + "\n", encoding="utf-8")
    open_pack(out_dir)
    return PackSummary(folder=out_dir, counts=draft.counts, notes=tuple(draft.notes))


def _write_tables(draft: _Draft, extract: OsmExtract, outline: RawTable, city_name: str) -> None:
    assert outline.geometry is not None
    shape = outline.geometry[0]
    _write(draft, "boundary", outline)
    districts = districts_of(extract, shape, city_name=city_name)
    draft.notes.extend(districts.notes)
    _write(draft, "districts", districts)
    shapely.prepare(shape)
    for table in OSM_TABLES:
        _write(draft, table, _inside(extract.tables[table], shape))
    if not draft.counts["population_units"]:
        draft.notes.append(NOTE_WITHOUT_HOMES)


def _inside(raw: RawTable, shape: Any) -> RawTable:
    """The rows that touch the city; streets go on a little beyond its edge."""
    assert raw.geometry is not None
    assert raw.key is not None
    kept = np.flatnonzero(shapely.intersects(shape, raw.geometry)).tolist()
    return RawTable(
        count=len(kept),
        columns={name: [cells[number] for number in kept] for name, cells in raw.columns.items()},
        geometry=raw.geometry[kept],
        key=[raw.key[number] for number in kept],
    )


def _write(draft: _Draft, table: str, raw: RawTable) -> None:
    draft.counts[table] = raw.count
    if raw.count == 0:
        return
    assert raw.geometry is not None
    assert raw.key is not None
    stem = table.replace("_", "-")
    frame = geopandas.GeoDataFrame(
        {"osm": list(raw.key), **{name: list(cells) for name, cells in raw.columns.items()}},
        geometry=raw.geometry,
        crs=STORAGE_SRID,
    )
    path = f"{stem}.geojson" if table in SMALL else f"{stem}.parquet"
    if table in SMALL:
        _write_geojson(frame, draft.folder / path)
    else:
        frame.to_parquet(draft.folder / path, compression="zstd", index=False)
    draft.resources.append(_describe_resource(table, path, raw))


def _write_geojson(frame: Any, path: Path) -> None:
    properties = frame.drop(columns="geometry").to_dict(orient="records")
    shapes = shapely.to_geojson(frame.geometry.to_numpy())
    features = [
        {
            "type": "Feature",
            "properties": {name: cell for name, cell in row.items() if cell not in ("", None)},
            "geometry": json.loads(shape),
        }
        for row, shape in zip(properties, shapes, strict=True)
    ]
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8")


def _describe_resource(table: str, path: str, raw: RawTable) -> dict[str, Any]:
    ours = TABLES[table].fields
    known = [name for name, cells in raw.columns.items() if name in ours and any(cells)]
    return {
        "name": table.replace("_", "-"),
        "path": path,
        "title": HOLDS[table],
        "atlas": {
            "table": table,
            "source": "population" if table == "population_zones" else "osm",
            "holds": HOLDS[table],
            "required": table in NEEDED,
            "key": "osm",
            "fields": {name: name for name in known},
            "accuracy": "building" if table == "institutions" else "exact",
        },
    }


def _describe_city(
    draft: _Draft,
    extract: OsmExtract,
    shape: Any,
    *,
    name: str,
    slug: str,
    timezone: str,
    country: str,
) -> dict[str, Any]:
    center = shapely.point_on_surface(shape)
    local, english = _names_of(extract, shape)
    if not timezone:
        timezone = _guess_timezone(center.x)
        draft.notes.append(f"time zone {timezone} is guessed by longitude: please check")
    if not country:
        draft.notes.append("no country is named: opening hours know no public holidays")
    if not (name or local):
        draft.notes.append("the extract names no city: it is called after the file, please check")
    name = name or local or extract.path.name.split(".")[0]
    return {
        "slug": slug or _slug(english or name),
        "name": name,
        "name_en": english,
        "timezone": timezone,
        "country": country,
        "metric_srid": utm_srid(center.x, center.y),
        "center": [round(center.y, 5), round(center.x, 5)],
    }


def _names_of(extract: OsmExtract, shape: Any) -> tuple[str, str]:
    areas = extract.areas
    if areas.count == 0:
        return "", ""
    same = np.flatnonzero(shapely.equals(areas.geometry, shape)).tolist()
    if not same:
        return "", ""
    return areas.columns["name"][same[0]] or "", areas.columns["name_en"][same[0]] or ""


def _guess_timezone(longitude: float) -> str:
    """The nautical zone: whole hours by longitude (POSIX counts the sign the other way round)."""
    hours = round(longitude / 15)
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{'-' if hours > 0 else '+'}{abs(hours)}"


_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya"
LATIN_OF = dict(zip(_CYRILLIC, _LATIN.split(), strict=True))


def _slug(name: str) -> str:
    latin = "".join(LATIN_OF.get(letter, letter) for letter in name.lower()).replace("_", "")
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-") or "city"


def _describe(
    draft: _Draft,
    extract: OsmExtract,
    city: dict[str, Any],
    population: Path | int | None,
    osm_path: Path,
) -> dict[str, Any]:
    sources: list[dict[str, Any]] = [
        {
            "name": "osm",
            "title": f"OpenStreetMap ({osm_path.name})",
            "path": OSM_PATH,
            "license": OSM_LICENSE,
            "attribution": OSM_ATTRIBUTION,
            **({"as_of": extract.as_of} if _is_day(extract.as_of) else {}),
        }
    ]
    model: dict[str, Any] = {"totals": None, "weights": "floors_footprint"}
    if isinstance(population, Path):
        sources.append({"name": "population", "title": f"Population raster {population.name}"})
        model["totals"] = "zones"
        draft.notes.append("the raster's licence is not known here: please add it to the sources")
    elif population is not None:
        model |= {"totals": "city", "total": population}
    else:
        draft.notes.append("no population was given: people are unknown, so no share is computed")
    return {
        "profile": "data-package",
        "name": city["slug"],
        "title": city["name"],
        "version": "1.0.0",
        "sources": sources,
        "atlas": {"city": city, "population_model": model},
        "resources": draft.resources,
    }


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
