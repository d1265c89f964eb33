"""Hand-made OpenStreetMap extracts: nodes by name, then ways and relations over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import osmium
from osmium.osm import mutable


class Extract:
    """Collects objects and writes them as PBF; every way brings its own nodes."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.ways: list[Any] = []
        self.relations: list[Any] = []

    def node(self, lon: float, lat: float, **tags: str) -> int:
        number = len(self.nodes) + 1
        self.nodes.append(mutable.Node(id=number, location=(lon, lat), tags=_keys(tags)))
        return number

    def way(self, *points: tuple[float, float], **tags: str) -> int:
        numbers = [self.node(*point) for point in points]
        if points[0] == points[-1]:
            numbers[-1] = numbers[0]
        self.ways.append(mutable.Way(id=len(self.ways) + 1, nodes=numbers, tags=_keys(tags)))
        return len(self.ways)

    def square(self, west: float, south: float, side: float, **tags: str) -> int:
        east, north = west + side, south + side
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        return self.way(*corners, **tags)

    def area(self, *ways: int, **tags: str) -> int:
        members = [("w", way, "outer") for way in ways]
        number = len(self.relations) + 1
        tags = {"type": "boundary", "boundary": "administrative", **tags}
        self.relations.append(mutable.Relation(id=number, members=members, tags=_keys(tags)))
        return number

    def write(self, path: Path) -> Path:
        with osmium.SimpleWriter(str(path)) as writer:
            for node in self.nodes:
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


def _keys(tags: dict[str, str]) -> dict[str, str]:
    """`addr__street` in Python is `addr:street` in OpenStreetMap."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def small_town(path: Path) -> Path:
    """A town of two districts: streets, a library, two homes, a shed, a stop, a pond, a park."""
    town = Extract()
    town.way((83.001, 55.005), (83.010, 55.005), highway="residential", name="Мира")
    town.way((83.010, 55.005), (83.030, 55.005), highway="footway")
    town.way((83.001, 55.009), (83.030, 55.009), highway="motorway")
    town.way((83.030, 55.005), (83.035, 55.005), highway="construction")
    town.node(
        83.005,
        55.006,
        amenity="library",
        name="Библиотека",
        wheelchair="limited",
        opening_hours="Mo-Fr 10:00-19:00",
        wikidata="Q1",
        website="https://example.org",
    )
    town.node(83.006, 55.006, amenity="library")
    town.square(83.008, 55.006, 0.001, tourism="museum", name="Музей", addr__street="Мира")
    town.square(83.012, 55.006, 0.001, building="apartments", building__levels="9")
    town.square(83.014, 55.006, 0.001, building="yes", addr__housenumber="5", addr__street="Мира")
    town.square(83.016, 55.006, 0.001, building="yes")
    town.square(83.018, 55.006, 0.001, building="yes", building__levels="3", amenity="school")
    town.node(83.011, 55.0051, highway="bus_stop", name="Площадь")
    town.square(83.020, 55.002, 0.002, natural="water")
    town.square(83.024, 55.002, 0.002, leisure="park", name="Парк")
    west = town.square(83.0, 55.0, 0.02)
    east = town.square(83.02, 55.0, 0.02)
    whole = town.way((83.0, 55.0), (83.04, 55.0), (83.04, 55.02), (83.0, 55.02), (83.0, 55.0))
    town.area(whole, name="Городок", name__en="Little Town", admin_level="6")
    town.area(west, name="Западный", admin_level="9")
    town.area(east, name="Восточный", admin_level="9")
    return town.write(path)
