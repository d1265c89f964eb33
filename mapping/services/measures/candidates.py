"""Where something could open, or is open already: institutions, neighbour centres, free points."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from django.db.models import Q, QuerySet

from mapping.crs import project
from mapping.errors import NoInstitutionsError, ParameterError
from mapping.frames import combined_key, read_frame, table_checksum
from mapping.models import City, Institution, NeighborCenter
from mapping.queries.institutions import branch_ids, find_kind, reachable

FORMS = "existing:<kinds or all>, institutions:<ids> or points:<lat>,<lon>;…, joined by |"
"""“All” are all kinds of culture; public buildings are asked for by their kind."""

CENTERS = "neighbor_center"
"""The word for the neighbour centres the city has, where a kind of institution is expected."""

MOST_POINTS = 500
COLUMNS = ("name", "address", "kind__code", "position_accuracy", "synthetic")
APPROXIMATE = ("street", "district")


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """
    Places in the metric CRS, and a digest of all that was read of them.

    The frame has the columns `type` (institution, center or point), `id`, `name`, `address`,
    `kind`, `accuracy` and `synthetic`; institutions and centres come by id, points as given.
    """

    frame: gpd.GeoDataFrame
    checksum: str
    listed: int
    """How many there would be if each had a position and were open."""

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def approximate_count(self) -> int:
        """Sites whose position is known only to the street or the district."""
        return int(self.frame["accuracy"].isin(APPROXIMATE).sum())


def read_candidates(city: City, text: str) -> Sites:
    """
    Find the candidates that a text such as `existing:library|points:55.03,82.92` names.

    Raises
    ------
    ParameterError, UnknownNameError
        If it cannot be read, or names what the city does not have.
    NoInstitutionsError
        If none of them is open with a position.
    """
    chosen, points = Q(pk__in=[]), []
    for part in filter(None, (part.strip() for part in text.split("|"))):
        form, _, said = part.partition(":")
        if form == "existing":
            chosen |= _of_kinds(said)
        elif form == "institutions":
            chosen |= _of_ids(city, said)
        elif form == "points":
            points += _read_points(said)
        else:
            raise ParameterError("candidates", part, FORMS)
    institutions = Institution.objects.filter(chosen, city=city)
    frames = [_institution_frame(city, institutions), _point_frame(city, points)]
    frame = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
    sites = Sites(frame, _digest(institutions, points), institutions.count() + len(points))
    if not len(sites):
        raise NoInstitutionsError(city.slug, text or "no candidates", sites.listed)
    return sites


def read_open(city: City, text: str) -> Sites:
    """
    Find what is open already: institutions of kinds (`a,b`), neighbour centres, or nothing.

    Raises UnknownNameError for a kind nobody has heard of; an empty answer is an answer.
    """
    names = _split(text)
    kinds = ",".join(name for name in names if name != CENTERS)
    institutions = Institution.objects.filter(_of_kinds(kinds), city=city)
    frames, digest = [_institution_frame(city, institutions)], _digest(institutions, [])
    if CENTERS in names:
        centers = NeighborCenter.objects.filter(city=city, geometry__isnull=False)
        frames.append(_center_frame(city, centers))
        digest += table_checksum(centers, "geometry")
    frame = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
    return Sites(frame, digest, len(frame))


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _of_kinds(text: str) -> Q:
    names = _split(text)
    if "all" in names:
        return Q(kind__is_culture=True)
    return Q(kind__in=[pk for name in names for pk in branch_ids(find_kind(name))])


def _of_ids(city: City, text: str) -> Q:
    try:
        ids = {int(word) for word in _split(text)}
    except ValueError as error:
        raise ParameterError("candidates", text, "ids of institutions, e.g. 12,15") from error
    known = set(reachable(city.institutions.filter(pk__in=ids)).values_list("pk", flat=True))
    if ids - known:
        wanted = f"institutions of {city.slug} that are open and have a position"
        raise ParameterError("candidates", sorted(ids - known), wanted)
    return Q(pk__in=ids)


def _read_points(text: str) -> list[tuple[float, float]]:
    points = []
    for said in filter(None, text.split(";")):
        try:
            lat, lon = (float(number) for number in said.split(","))
        except ValueError:
            lat = lon = math.nan
        points.append(check_position("candidates", said, lat, lon))
    if len(points) > MOST_POINTS:
        raise ParameterError("candidates", f"{len(points)} points", f"at most {MOST_POINTS}")
    return points


def check_position(name: str, said: Any, lat: float, lon: float) -> tuple[float, float]:
    """Return latitude and longitude; raise ParameterError unless they lie on Earth."""
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise ParameterError(name, said, "latitude and longitude in degrees, e.g. 55.03,82.92")
    return lat, lon


def _institution_frame(city: City, institutions: QuerySet[Institution]) -> gpd.GeoDataFrame:
    frame = read_frame(reachable(institutions), "point", COLUMNS, city)
    return _named(frame, "institution")


def _center_frame(city: City, centers: QuerySet[NeighborCenter]) -> gpd.GeoDataFrame:
    columns = tuple(column for column in COLUMNS if column != "kind__code")
    frame = read_frame(centers, "geometry", columns, city)
    return _named(frame.assign(kind__code=CENTERS), "center")


def _named(frame: gpd.GeoDataFrame, site_type: str) -> gpd.GeoDataFrame:
    names = {"kind__code": "kind", "position_accuracy": "accuracy"}
    return frame.rename(columns=names).assign(type=site_type)


def _point_frame(city: City, points: Iterable[tuple[float, float]]) -> gpd.GeoDataFrame:
    shapes = np.array([shapely.Point(lon, lat) for lat, lon in points], dtype=object)
    frame = gpd.GeoDataFrame(geometry=project(shapes, city.metric_srid), crs=city.metric_srid)
    words = {"name": "", "address": "", "kind": "", "accuracy": "exact", "type": "point"}
    return frame.assign(id=np.arange(len(frame)), synthetic=False, **words)


def _digest(institutions: QuerySet[Institution], points: Iterable[tuple[float, float]]) -> str:
    rows = table_checksum(institutions, "geometry", "status", "name") if institutions else ""
    return combined_key({"institutions": rows, "points": list(points)})
