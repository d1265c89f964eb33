"""Finding a position by what is written: a street of the city, or a place already known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from shapely import Point
from shapely.geometry.base import BaseGeometry

from mapping.importers.addresses import (
    AVENUE_OR_PASSAGE,
    Address,
    StreetKey,
    parse_address,
    street_key,
)
from mapping.importers.matching import GENERIC_STEMS, name_words
from mapping.importers.records import Accuracy


@dataclass(frozen=True, slots=True)
class Found:
    position: BaseGeometry
    accuracy: Accuracy
    how: str
    """Name of the street or place the position was taken from."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several streets fit; none is taken."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    key: StreetKey
    position: Point


class Gazetteer:
    """Streets with a mean point, and places with an exact one."""

    def __init__(self, *, city_words: Sequence[str] = ()) -> None:
        self._city_words = tuple(city_words)
        self._streets: dict[frozenset[str], list[_Street]] = defaultdict(list)
        self._places: dict[tuple[StreetKey, str], Found] = {}
        self._named: dict[frozenset[str], Found] = {}

    @property
    def has_streets(self) -> bool:
        return bool(self._streets)

    def add_street(self, name: str, position: BaseGeometry) -> None:
        key = street_key(name)
        if key.words:
            self._streets[key.words].append(_Street(name, key, position.centroid))

    def add_place(self, name: str, address: str, position: BaseGeometry) -> None:
        found = Found(position, "exact", name)
        words = name_words(name)
        if words - GENERIC_STEMS:
            self._named.setdefault(words, found)
        parsed = parse_address(address, city_words=self._city_words)
        if parsed.street and parsed.house:
            self._places.setdefault((parsed.street, parsed.house), found)

    def find_place(self, name: str, address: str) -> Found | None:
        """A known position of the same name, or of the same street and house."""
        if address:
            parsed = parse_address(address, city_words=self._city_words)
            known = self._places.get((parsed.street, parsed.house)) if parsed.street else None
            if known and parsed.house:
                return known
        return self._named.get(name_words(name))

    def find_street(self, address: str) -> Found | Ambiguous | None:
        """
        The mean point of the street an address names.

        Tried in turn: the same words and type; the same words when the address tells no type;
        the only street of that type whose name holds all the words (“ул. Шамшурина” is
        “улица Дмитрия Шамшурина”). Two that fit equally are told as ambiguous.
        """
        parsed = parse_address(address, city_words=self._city_words)
        if parsed.street is None or parsed.elsewhere:
            return None
        fitting = self._same_words(parsed) or self._holding_words(parsed)
        if not fitting:
            return None
        if len({street.position.wkb for street in fitting}) > 1:
            return Ambiguous(tuple(street.name for street in fitting))
        street = fitting[0]
        return Found(street.position, "street", street.name)

    def _same_words(self, address: Address) -> list[_Street]:
        assert address.street is not None
        same = self._streets.get(address.street.words, [])
        fitting = [street for street in same if _types_fit(address.street, street.key)]
        if not address.street.kind:
            streets = [street for street in fitting if street.key.kind == "улица"]
            return streets or fitting
        return fitting

    def _holding_words(self, address: Address) -> list[_Street]:
        wanted = address.street
        assert wanted is not None
        if not any(len(word) > 3 for word in wanted.words):
            return []
        return [
            street
            for words, streets in self._streets.items()
            if wanted.words < words
            for street in streets
            if _types_fit(wanted, street.key) and not any(map(str.isdigit, words))
        ]


def _types_fit(wanted: StreetKey, street: StreetKey) -> bool:
    if not wanted.kind:
        return True
    if wanted.kind == AVENUE_OR_PASSAGE:
        return street.kind in {"проспект", "проезд", AVENUE_OR_PASSAGE}
    return wanted.kind == street.kind
