"""
An OpenStreetMap extract: streets, institutions, homes, stops, base map, boundaries in one pass.

Tags are understood as the OpenStreetMap wiki describes them; keys are “way/123”, so the same
object keeps its key from one extract to the next. Only what an extract holds as a whole becomes
an area: a district cut by its edge is not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from mapping.errors import BoundaryNotFoundError, UnreadableFileError
from mapping.importers.kinds import KindRecord, TagMatcher
from mapping.importers.raw import Geometries, RawTable

Tags = Mapping[str, str]

_NOT_STREETS = """
    abandoned bus_guideway construction corridor disused elevator emergency_bay escape no
    planned platform proposed raceway razed rest_area services trailhead
"""
NOT_STREETS = frozenset(_NOT_STREETS.split())
"""Values of `highway` that are no street outdoors, or none yet."""
MOTOR_ONLY = frozenset({"motorway", "motorway_link"})
FOOT_WHEN_TAGGED = frozenset({"cycleway", "bridleway"})
CLOSED = frozenset({"no", "private", "use_sidepath", "discouraged"})
OPEN = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})

_HOMES = """
    apartments bungalow detached dormitory farm house houseboat residential semi
    semidetached_house static_caravan terrace
"""
HOMES = frozenset(_HOMES.split())
NOT_A_HOME = ("amenity", "shop", "office", "tourism", "leisure", "industrial", "man_made", "craft")
"""Keys that tell what a plain `building=yes` is used for."""

PLATFORM_MODES = ("trolleybus", "tram", "bus", "ferry")
WATERWAYS = frozenset({"river", "canal"})
WATER_AREAS = frozenset({"riverbank", "dock"})
RAILWAYS = frozenset({"rail", "light_rail"})
KEYS = ("highway", "building", "boundary", "railway", "public_transport", "natural", "waterway")


def is_walkable(tags: Tags) -> bool:
    """
    Whether one may walk along a street, by its tags.

    `foot` decides when it is there; then `access`; motorways and `motorroad` are closed, and
    cycle and bridle ways are open only where `foot` says so.
    """
    foot = tags.get("foot", "")
    if foot in OPEN:
        return True
    if foot in CLOSED or tags.get("access", "") in CLOSED or tags.get("motorroad") == "yes":
        return False
    return tags.get("highway", "") not in MOTOR_ONLY | FOOT_WHEN_TAGGED


def is_home(tags: Tags) -> bool:
    """
    Whether people live in a building, by its tags.

    Residential values of `building` say so. A plain `building=yes` counts when nothing tells of
    another use and it has a house number or at least two storeys: sheds and garages have neither.
    """
    value = tags.get("building", "")
    if value in HOMES:
        return True
    if value != "yes" or any(key in tags for key in NOT_A_HOME):
        return False
    return "addr:housenumber" in tags or (_levels(tags) or 0) >= 2


def stop_mode(tags: Tags) -> str | None:
    """How one travels from a stop; None when the object is no stop for passengers."""
    if tags.get("railway") in {"station", "halt"}:
        is_metro = tags.get("station") == "subway" or tags.get("subway") == "yes"
        return "metro" if is_metro else "rail"
    if tags.get("railway") == "tram_stop":
        return "tram"
    if tags.get("amenity") == "ferry_terminal":
        return "ferry"
    if tags.get("highway") == "bus_stop":
        only_trolley = tags.get("trolleybus") == "yes" and tags.get("bus") != "yes"
        return "trolleybus" if only_trolley else "bus"
    if tags.get("public_transport") == "platform":
        return next((mode for mode in PLATFORM_MODES if tags.get(mode) == "yes"), None)
    return None


def _levels(tags: Tags) -> float | None:
    try:
        return float(tags["building:levels"].replace(",", "."))
    except (KeyError, ValueError):
        return None


def _address(tags: Tags) -> str:
    street = tags.get("addr:street") or tags.get("addr:place", "")
    return ", ".join(part for part in (street, tags.get("addr:housenumber", "")) if part)


@dataclass(slots=True)
class _Sink:
    """Rows of one table while the file is read; geometry waits as WKB."""

    keys: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)

    def add(self, key: str, wkb: str, **row: Any) -> None:
        self.keys.append(key)
        self.wkb.append(wkb)
        self.rows.append(row)

    def to_raw(self, *, points: bool = False) -> RawTable:
        geometry: Geometries = _single_parts(shapely.from_wkb(np.array(self.wkb, dtype=object)))
        if points:
            geometry = shapely.point_on_surface(geometry)
        names = list(self.rows[0]) if self.rows else []
        return RawTable(
            count=len(self.rows),
            columns={name: [row[name] for row in self.rows] for name in names},
            geometry=geometry,
            key=self.keys,
        )


def _single_parts(geometry: Geometries) -> Geometries:
    """A multipolygon of one part is a polygon."""
    if geometry.size == 0:
        return geometry
    single = (shapely.get_type_id(geometry) == 6) & (shapely.get_num_geometries(geometry) == 1)
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    return geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmExtract:
    """
    Attributes
    ----------
    tables
        Table of the pack → rows: streets, institutions, population_units, stops, base_features.
    areas
        Administrative areas the extract holds as a whole; columns name, name_en, admin_level.
    box
        Bounds the file states (west, south, east, north); None when it states none.
    as_of
        Date of the data as the file states it, else empty.
    """

    path: Path
    tables: Mapping[str, RawTable]
    areas: RawTable
    box: tuple[float, float, float, float] | None
    as_of: str


class _Reading:
    """One pass over a file; each object goes to the tables it belongs to."""

    def __init__(self, kinds: Sequence[KindRecord], tables: Collection[str]) -> None:
        self.matcher = TagMatcher(kinds)
        self.sinks = {name: _Sink() for name in (*tables, "areas")}
        self.broken = 0
        self.unnamed = 0
        self._wkb = osmium.geom.WKBFactory()
        self._takers: list[Callable[[Any, Tags], None]] = [
            taker
            for name, taker in (
                ("streets", self._take_street),
                ("population_units", self._take_home),
                ("stops", self._take_stop),
                ("base_features", self._take_base_feature),
                ("institutions", self._take_institution),
                ("areas", self._take_area),
            )
            if name in self.sinks
        ]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*KEYS, "amenity", "leisure", *self.matcher.keys)))

    def take(self, thing: Any) -> None:
        # Asked where they lie: copying the tags of every object costs more than all the rest.
        tags = thing.tags
        try:
            for taker in self._takers:
                taker(thing, tags)
        except (RuntimeError, ValueError, osmium.InvalidLocationError):
            # less than two nodes of a way are in the extract, or an area does not close
            self.broken += 1

    def _take_street(self, thing: Any, tags: Tags) -> None:
        highway = tags.get("highway", "")
        if not highway or highway in NOT_STREETS or not thing.is_way() or "indoor" in tags:
            return
        self.sinks["streets"].add(
            f"way/{thing.id}",
            self._line(thing),
            name=tags.get("name", ""),
            highway=highway,
            foot=is_walkable(tags),
        )

    def _take_home(self, thing: Any, tags: Tags) -> None:
        if "building" in tags and thing.is_area() and is_home(tags):
            self.sinks["population_units"].add(
                _key(thing), self._shape(thing), floors=_levels(tags), address=_address(tags)
            )

    def _take_stop(self, thing: Any, tags: Tags) -> None:
        if thing.is_way():
            return
        mode = stop_mode(tags)
        if mode:
            self.sinks["stops"].add(
                _key(thing), self._shape(thing), name=tags.get("name", ""), mode=mode
            )

    def _take_base_feature(self, thing: Any, tags: Tags) -> None:
        kind = _base_kind(thing, tags)
        if kind:
            shape = self._line(thing) if thing.is_way() else self._shape(thing)
            self.sinks["base_features"].add(
                _key(thing), shape, kind=kind, name=tags.get("name", "")
            )

    def _take_institution(self, thing: Any, tags: Tags) -> None:
        if thing.is_way():
            return
        kind = self.matcher.find(tags)
        if not kind:
            return
        if not tags.get("name"):
            self.unnamed += 1
            return
        self.sinks["institutions"].add(
            _key(thing), self._shape(thing), kind=kind, **_describe(thing, tags)
        )

    def _take_area(self, thing: Any, tags: Tags) -> None:
        if tags.get("boundary") == "administrative" and thing.is_area():
            self.sinks["areas"].add(
                _key(thing),
                self._shape(thing),
                name=tags.get("name", ""),
                name_en=tags.get("name:en", ""),
                admin_level=tags.get("admin_level", ""),
                population=tags.get("population"),
            )

    def _line(self, way: Any) -> str:
        try:
            return str(self._wkb.create_linestring(way))
        except osmium.InvalidLocationError:
            return _inner_part(way)

    def _shape(self, thing: Any) -> str:
        if thing.is_area():
            return str(self._wkb.create_multipolygon(thing))
        return str(self._wkb.create_point(thing.location))


def _inner_part(way: Any) -> str:
    """The runs of a way's nodes that the extract holds, where its edge cuts the way."""
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append((node.lon, node.lat))
        elif runs[-1]:
            runs.append([])
    lines = [run for run in runs if len(run) > 1]
    if not lines:
        raise ValueError("no two neighbouring nodes")
    shape = shapely.LineString(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)
    return str(shape.wkb_hex)


def _key(thing: Any) -> str:
    if thing.is_area():
        return f"{'way' if thing.from_way() else 'relation'}/{thing.orig_id()}"
    return f"{'node' if thing.is_node() else 'way'}/{thing.id}"


def _base_kind(thing: Any, tags: Tags) -> str:
    if thing.is_way():
        if tags.get("waterway") in WATERWAYS and tags.get("tunnel", "no") == "no":
            return "water"
        above = tags.get("tunnel", "no") == "no" and "service" not in tags
        return "railway" if tags.get("railway") in RAILWAYS and above else ""
    if thing.is_area():
        if tags.get("natural") == "water" or tags.get("waterway") in WATER_AREAS:
            return "water"
        return "park" if tags.get("leisure") == "park" else ""
    return ""


def _describe(thing: Any, tags: Tags) -> dict[str, Any]:
    """What OpenStreetMap knows of an institution, in the words of `InstitutionRecord`."""
    ids = {"osm": _key(thing), "wikidata": tags.get("wikidata", "")}
    wheelchair = {"yes": "wheelchair", "limited": "wheelchair_limited", "no": "no_wheelchair"}
    accessibility = [wheelchair.get(tags.get("wheelchair", ""), "")]
    accessibility.append("toilet" if tags.get("toilets:wheelchair") == "yes" else "")
    return {
        "name": tags["name"],
        "name_en": tags.get("name:en", ""),
        "address": _address(tags),
        "website": tags.get("website") or tags.get("contact:website", ""),
        "phone": tags.get("phone") or tags.get("contact:phone", ""),
        "email": tags.get("email") or tags.get("contact:email", ""),
        "opening_hours": tags.get("opening_hours", ""),
        "capacity": tags.get("capacity"),
        "accessibility": [code for code in accessibility if code],
        "external_ids": {system: code for system, code in ids.items() if code},
        "tags": dict(tags),
    }


def read_osm(path: Path, *, kinds: Sequence[KindRecord], tables: Collection[str]) -> OsmExtract:
    """
    Read the asked tables of an extract in one go.

    Raises
    ------
    UnreadableFileError
        If the file is not OSM PBF, or is cut off.
    """
    reading = _Reading(kinds, [name for name in tables if name not in {"boundary", "districts"}])
    try:
        # areas are read twice; without a tag filter the first pass would collect every relation
        keys = osmium.filter.KeyFilter(*reading.keys)
        processor = osmium.FileProcessor(osmium.io.File(str(path), "pbf"))
        header = processor.header
        thing: Any
        for thing in processor.with_areas(keys).with_filter(keys):
            if not thing.is_relation():
                reading.take(thing)
    except (RuntimeError, ValueError, OSError) as error:
        raise UnreadableFileError(path, str(error), "a whole OSM PBF file") from error
    return OsmExtract(
        path=path,
        tables={
            name: sink.to_raw(points=name == "stops")
            for name, sink in reading.sinks.items()
            if name != "areas"
        },
        areas=reading.sinks["areas"].to_raw(),
        box=_box_of(header),
        as_of=(header.get("osmosis_replication_timestamp") or "")[:10],
    )


def _box_of(header: Any) -> tuple[float, float, float, float] | None:
    box = header.box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def boundary_of(extract: OsmExtract, wanted: str = "") -> RawTable:
    """
    The boundary of a city: by name or relation id, else the largest whole administrative area.

    When the extract holds none as a whole, its own bounds stand in, and a note says so.

    Raises
    ------
    BoundaryNotFoundError
        If a boundary was asked for and is not there as a whole.
    """
    areas = extract.areas
    if wanted:
        number = _find_area(areas, wanted)
        return _only(areas, number, f"boundary: {areas.columns['name'][number]}")
    if areas.count:
        number = int(np.argmax(shapely.area(areas.geometry)))
        return _only(areas, number, f"boundary: {areas.columns['name'][number]} (the largest)")
    if extract.box is not None:
        shape, how = shapely.box(*extract.box), "the bounds stated in the file"
    else:
        lines = extract.tables["streets"].geometry
        shape, how = shapely.convex_hull(shapely.union_all(lines)), "the hull of its streets"
    note = f"boundary: no administrative area is complete in the extract, so {how} stand in"
    return RawTable(
        count=1,
        columns={},
        geometry=np.array([shape], dtype=object),
        key=["extract"],
        notes=(note,),
    )


def _find_area(areas: RawTable, wanted: str) -> int:
    keys = areas.key or ()
    names = areas.columns.get("name", ())
    digits = wanted.strip().removeprefix("relation/").removeprefix("r")
    asked = f"relation/{digits}"
    fitting = [
        number
        for number in range(areas.count)
        if keys[number] == asked or str(names[number]).lower() == wanted.strip().lower()
    ]
    if not fitting:
        present = sorted({str(name) for name in names if name})
        raise BoundaryNotFoundError(wanted, present[:20])
    assert areas.geometry is not None
    return max(fitting, key=lambda number: float(shapely.area(areas.geometry[number])))  # type: ignore[index]


def _only(areas: RawTable, number: int, note: str) -> RawTable:
    assert areas.geometry is not None
    assert areas.key is not None
    return RawTable(
        count=1,
        columns={},
        geometry=areas.geometry[[number]],
        key=[areas.key[number]],
        notes=(note,),
    )


def districts_of(
    extract: OsmExtract, boundary: Any, *, city_name: str, admin_level: int | None = None
) -> RawTable:
    """
    Administrative areas inside a boundary: of one level, by default the coarsest with two or more.

    `boundary` is a shapely geometry; an area belongs when most of it lies inside. Where there
    are none, the whole city stands as one district under its own name, and a note says so.
    """
    chosen, level = _parts_of(extract.areas, boundary, admin_level)
    if not chosen:
        return _city_as_district(boundary, city_name)
    areas = extract.areas
    assert areas.geometry is not None
    assert areas.key is not None
    wanted = ("name", "name_en", "population")
    return RawTable(
        count=len(chosen),
        columns={name: [areas.columns[name][number] for number in chosen] for name in wanted},
        geometry=areas.geometry[chosen],
        key=[areas.key[number] for number in chosen],
        notes=(f"districts: {len(chosen)} administrative areas of level {level}",),
    )


def _parts_of(
    areas: RawTable, boundary: Any, admin_level: int | None
) -> tuple[list[int], int | None]:
    """Numbers of the areas that divide a city, and their level."""
    if areas.count == 0:
        return [], admin_level
    size = shapely.area(areas.geometry)
    overlap = shapely.area(shapely.intersection(areas.geometry, boundary))
    is_part = (overlap > 0.5 * size) & (overlap < 0.98 * shapely.area(boundary))
    levels = np.array([int(text) if text.isdigit() else 0 for text in areas.columns["admin_level"]])
    is_part &= np.array([bool(name) for name in areas.columns["name"]]) & (levels > 0)
    if admin_level is None:
        found, counts = np.unique(levels[is_part], return_counts=True)
        several = found[counts > 1].tolist()
        admin_level = several[0] if several else None
    return np.flatnonzero(is_part & (levels == admin_level)).tolist(), admin_level


def _city_as_district(boundary: Any, name: str) -> RawTable:
    return RawTable(
        count=1,
        columns={"name": [name]},
        geometry=np.array([boundary], dtype=object),
        key=["city"],
        notes=("districts: the extract holds none as a whole, so the city stands as one",),
    )
