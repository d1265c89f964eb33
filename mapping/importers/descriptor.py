"""`datapackage.json` of a city pack: what it may say, checked word by word."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from mapping.errors import CountryError, PackDescriptorError
from mapping.hours.holidays import check_country
from mapping.importers.blocks import Block
from mapping.importers.specs import (
    CitySpec,
    Descriptor,
    GeometrySpec,
    OfficialCount,
    PopulationModel,
    ResourceSpec,
    SourceSpec,
)
from mapping.importers.tables import TABLES

FORMATS = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".shp": "vector",
    ".fgb": "vector",
    ".kml": "vector",
    ".parquet": "geoparquet",
    ".geoparquet": "geoparquet",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".pbf": "osm.pbf",
    ".tif": "geotiff",
    ".tiff": "geotiff",
    ".zip": "gtfs",
}
OSM_TABLES = frozenset(
    {
        "boundary",
        "districts",
        "streets",
        "institutions",
        "population_units",
        "stops",
        "base_features",
    }
)
SELF_KEYED = frozenset({"osm.pbf", "gtfs", "geotiff"})
"""Formats whose reader knows the record fields, the key included."""
ACCURACIES = frozenset({"exact", "building", "street", "district"})


def read_descriptor(path: Path, *, kind_codes: Collection[str]) -> Descriptor:
    """
    Read and check a descriptor.

    Raises
    ------
    PackDescriptorError
        With every wrong type, unknown name and missing value that was found.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PackDescriptorError(path, [f"got {error}, wanted UTF-8 text"]) from error
    except json.JSONDecodeError as error:
        raise PackDescriptorError(path, [f"got {error}, wanted valid JSON"]) from error
    complaints: list[str] = []
    root = Block(content, "", complaints)
    descriptor = _read_root(root, frozenset(kind_codes))
    if complaints:
        raise PackDescriptorError(path, complaints)
    return descriptor


def _read_root(root: Block, kind_codes: frozenset[str]) -> Descriptor:
    atlas = root.block("atlas")
    sources = tuple(_read_source(block) for block in root.blocks("sources"))
    _complain_of_doubles(root, "sources", [source.name for source in sources])
    names = {source.name for source in sources}
    resources = tuple(
        _read_resource(block, names, kind_codes) for block in root.blocks("resources")
    )
    _complain_of_doubles(root, "resources", [resource.name for resource in resources])
    if not resources:
        root.complain("resources", root.take("resources"), "at least one resource")
    return Descriptor(
        name=root.text("name", required=True),
        title=root.text("title"),
        version=root.text("version"),
        city=_read_city(atlas.block("city")),
        sources=sources,
        official_counts=tuple(
            _read_count(block, kind_codes) for block in atlas.blocks("official_counts")
        ),
        population_model=_read_population_model(atlas),
        city_words=_read_city_words(atlas),
        resources=resources,
    )


def _complain_of_doubles(root: Block, name: str, names: Sequence[str]) -> None:
    for double in sorted({item for item in names if names.count(item) > 1}):
        root.complain(name, double, "each name once")


def _read_city(city: Block) -> CitySpec:
    center = city.take("center")
    if not _is_position(center):
        city.complain("center", center, "[latitude, longitude] in degrees")
        center = [0.0, 0.0]
    timezone = city.text("timezone", required=True)
    if timezone and not _is_timezone(timezone):
        city.complain("timezone", timezone, "a time zone such as Asia/Novosibirsk")
    country = city.text("country")
    if not _is_country(country):
        city.complain("country", country, "a code of ISO 3166-1 such as RU")
    spec = CitySpec(
        slug=city.text("slug", required=True),
        name=city.text("name", required=True),
        name_en=city.text("name_en"),
        timezone=timezone,
        country=country,
        metric_srid=city.whole("metric_srid", required=True) or 0,
        center=(float(center[0]), float(center[1])),
        population=city.whole("population"),
        population_as_of=city.day("population_as_of"),
        population_note=city.text("population_note"),
        synthetic=city.flag("synthetic"),
    )
    city.close()
    return spec


def _is_position(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
        and abs(value[0]) <= 90
        and abs(value[1]) <= 180
    )


def _is_country(code: str) -> bool:
    try:
        check_country(code)
    except CountryError:
        return False
    return True


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _read_source(source: Block) -> SourceSpec:
    return SourceSpec(
        name=source.text("name", required=True),
        title=source.text("title", required=True),
        title_en=source.text("title_en"),
        path=source.text("path"),
        license=source.text("license"),
        license_en=source.text("license_en"),
        attribution=source.text("attribution"),
        attribution_en=source.text("attribution_en"),
        as_of=source.day("as_of"),
        synthetic=source.flag("synthetic"),
    )


def _read_count(block: Block, kind_codes: frozenset[str]) -> OfficialCount:
    kind = block.text("kind", required=True)
    if kind and kind not in kind_codes:
        block.complain("kind", kind, "a known kind code")
    count = OfficialCount(
        kind=kind,
        count=block.whole("count", required=True) or 0,
        as_of=block.day("as_of"),
        source_note=block.text("source_note"),
        note=block.text("note"),
        excludes=block.texts("excludes"),
    )
    block.close()
    return count


def _read_population_model(atlas: Block) -> PopulationModel:
    if atlas.take("population_model") is None:
        return PopulationModel(totals=None, weights="equal", total=None)
    block = atlas.block("population_model")
    totals = block.choice("totals", {"districts", "zones", "city"}, "")
    weights = block.choice("weights", {"equal", "floors_footprint"}, "equal")
    total = block.whole("total")
    if totals == "city" and total is None:
        block.complain("total", None, "the city's people, as totals is “city”")
    block.close()
    return PopulationModel(totals=totals or None, weights=weights, total=total)  # type: ignore[arg-type]


def _read_city_words(atlas: Block) -> tuple[str, ...]:
    if atlas.take("geocode") is None:
        return ()
    return atlas.block("geocode").texts("city_words")


def _read_resource(resource: Block, sources: set[str], kind_codes: frozenset[str]) -> ResourceSpec:
    path = resource.text("path", required=True)
    if not _is_safe(path):
        resource.complain("path", path, "a relative path inside the pack, without “..”")
    known = frozenset(FORMATS.values())
    file_format = resource.choice("format", known, _guess_format(path))
    if not file_format:
        resource.complain("format", path, "one of " + ", ".join(sorted(known)))
    atlas = resource.block("atlas")
    role = atlas.choice("role", {"table", "gazetteer"}, "table")
    spec = ResourceSpec(
        name=resource.text("name", required=True),
        path=path,
        format=file_format,
        title=resource.text("title"),
        encoding=resource.text("encoding"),
        delimiter=_read_delimiter(resource),
        role=role,  # type: ignore[arg-type]
        table=_read_table(atlas, role, file_format),
        source=_read_source_name(atlas, role, sources),
        holds=atlas.text("holds") or resource.text("title"),
        required=atlas.flag("required"),
        key=atlas.texts("key"),
        fields=_read_texts(atlas, "fields"),
        constants=_read_mapping(atlas, "constants"),
        values=_read_values(atlas),
        where=_read_where(atlas),
        geometry=_read_geometry(atlas),
        accuracy=atlas.choice("accuracy", ACCURACIES, "exact"),
        skip_known=atlas.flag("skip_known"),
        layer=atlas.text("layer"),
        level=atlas.choice("level", {"exact", "street"}, "street"),
        clip=atlas.flag("clip"),
        admin_level=atlas.whole("admin_level"),
        boundary=atlas.text("boundary"),
    )
    atlas.close()
    _check_fields(atlas, spec)
    _check_constants(atlas, spec, kind_codes)
    return spec


def _is_safe(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts and "\\" not in path


def _guess_format(path: str) -> str:
    suffixes = PurePosixPath(path.lower().removesuffix(".gz")).suffixes
    return FORMATS.get(suffixes[-1], "") if suffixes else ""


def _read_delimiter(resource: Block) -> str:
    if resource.take("dialect") is None:
        return ""
    return resource.block("dialect").text("delimiter")


def _read_table(atlas: Block, role: str, file_format: str) -> str:
    if role == "gazetteer":
        return ""
    table = atlas.text("table", required=True)
    if table and table not in TABLES:
        atlas.complain("table", table, "one of " + ", ".join(sorted(TABLES)))
    if file_format == "osm.pbf" and table not in OSM_TABLES:
        atlas.complain("table", table, "for OSM PBF one of " + ", ".join(sorted(OSM_TABLES)))
    return table


def _read_source_name(atlas: Block, role: str, sources: set[str]) -> str:
    source = atlas.text("source", required=role == "table")
    if source and source not in sources:
        atlas.complain("source", source, "one of the sources: " + ", ".join(sorted(sources)))
    return source


def _read_mapping(atlas: Block, name: str) -> dict[str, Any]:
    value = atlas.take(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        atlas.complain(name, value, "an object")
        return {}
    return value


def _read_texts(atlas: Block, name: str) -> dict[str, str]:
    mapping = _read_mapping(atlas, name)
    for key, value in mapping.items():
        if not isinstance(value, str):
            atlas.complain(f"{name}.{key}", value, "the name of a column")
    return {key: str(value) for key, value in mapping.items()}


def _read_values(atlas: Block) -> dict[str, dict[str, str | None]]:
    translations = {}
    for name, mapping in _read_mapping(atlas, "values").items():
        if not isinstance(mapping, dict):
            atlas.complain(f"values.{name}", mapping, "an object: value in the file → our value")
            continue
        translations[name] = mapping
    return translations


def _read_where(atlas: Block) -> dict[str, tuple[str, ...]]:
    wheres = {}
    for name, wanted in _read_mapping(atlas, "where").items():
        items = wanted if isinstance(wanted, list) else [wanted]
        wheres[name] = tuple(_as_text(item) for item in items)
    return wheres


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_geometry(atlas: Block) -> GeometrySpec:
    if atlas.take("geometry") is None:
        return GeometrySpec()
    block = atlas.block("geometry")
    spec = GeometrySpec(
        lon=block.text("lon"),
        lat=block.text("lat"),
        address=block.text("address"),
        name=block.text("name"),
        srid=block.whole("srid") or 4326,
    )
    block.close()
    if bool(spec.lon) != bool(spec.lat):
        block.complain("", block.content, "both “lon” and “lat”")
    return spec


def _check_fields(atlas: Block, spec: ResourceSpec) -> None:
    if spec.role == "gazetteer":
        known: Collection[str] = {"name", "address"}
    elif spec.table in TABLES:
        known = TABLES[spec.table].fields
        if not spec.key and spec.format not in SELF_KEYED:
            atlas.complain("key", None, "a column, a list of columns, “@geometry” or “@row”")
    else:
        return
    for group in ("fields", "constants", "values"):
        for name in getattr(spec, group):
            if name.split(".")[0] not in known:
                atlas.complain(f"{group}.{name}", name, "one of " + ", ".join(sorted(known)))


def _check_constants(atlas: Block, spec: ResourceSpec, kind_codes: frozenset[str]) -> None:
    if spec.table not in TABLES:
        return
    rules = TABLES[spec.table].fields
    for name, value in spec.constants.items():
        if name not in rules:
            if "." in name:
                atlas.complain(f"constants.{name}", value, "an object for the whole field")
            continue
        try:
            parsed = rules[name].parse(value)
        except (ValueError, TypeError, KeyError, AttributeError):
            atlas.complain(f"constants.{name}", value, rules[name].wanted)
            continue
        if name == "kind" and spec.table == "institutions" and parsed not in kind_codes:
            atlas.complain(f"constants.{name}", value, rules[name].wanted)
