"""What there is of a kind, in the city and in each district, and whether the list is complete."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from mapping.analysis.coverage import Membership
from mapping.analysis.provision import sum_by_territory
from mapping.analysis.territories import index_inside
from mapping.frames import read_frame
from mapping.models import City, District, Institution, InstitutionKind, OfficialCount
from mapping.queries.institutions import completeness, of_kind
from mapping.queries.norms import Unit

EXISTING = (Institution.Status.OPEN, Institution.Status.CLOSED_FOR_REPAIR)
"""One closed for repair still is; a planned one is not yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """
    Units of a norm that exist.

    Attributes
    ----------
    counted, counted_in_districts
        What the list holds, at least so much; places of unknown capacity add nothing.
    in_city, in_districts
        What there is; NaN where the list has gaps, or a capacity is unknown.
    is_complete, is_complete_by_district
        Whether nothing says that the list has gaps, in the city and in its districts: there, one
        institution without a position or a stated district is missing somewhere.
    source
        Where the city's number comes from: the list, or the official count where that is larger.
    """

    counted: float
    counted_in_districts: NDArray[np.float64]
    in_city: float
    in_districts: NDArray[np.float64]
    is_complete: bool
    is_complete_by_district: bool
    source: Literal["listed", "official"]


def count_holdings(
    city: City, kind: InstitutionKind, districts: gpd.GeoDataFrame, unit: Unit
) -> Holdings:
    """Count institutions of the kind, or their seats, in the city and in `districts`."""
    places = _places(city, kind)
    number = _district_numbers(city, places, districts)
    is_placed = (number >= 0) | places.geometry.notna().to_numpy()
    sizes = _sizes(places, unit)
    membership = Membership.from_index(number, len(districts))
    official = _official(city, kind)
    is_complete = _is_complete(city, kind)
    by_district = is_complete and bool(is_placed.all())
    source: Literal["listed", "official"] = "listed"
    in_city = float(sizes.sum()) if is_complete else np.nan
    if not is_complete and unit == "institutions" and official is not None:
        in_city, source = float(max(official, len(places))), "official"
    return Holdings(
        counted=float(np.nansum(sizes)),
        counted_in_districts=sum_by_territory(np.nan_to_num(sizes), membership),
        in_city=in_city,
        in_districts=sum_by_territory(sizes, membership)
        if by_district
        else np.full(len(districts), np.nan),
        is_complete=is_complete,
        is_complete_by_district=by_district,
        source=source,
    )


def _places(city: City, kind: InstitutionKind) -> gpd.GeoDataFrame:
    rows = of_kind(city, kind).filter(status__in=EXISTING)
    official = OfficialCount.objects.filter(city=city, kind=kind).first()
    if official:
        rows = rows.exclude(source_key__in=official.excluded_keys)
    return read_frame(rows, "point", ("district_name", "capacity"), city)


def _district_numbers(
    city: City, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> NDArray[np.int64]:
    """District of each place: by position, else as its source states it; -1 where neither says."""
    number = np.full(len(places), -1, dtype=np.int64)
    located = places.geometry.notna().to_numpy()
    number[located] = index_inside(
        np.asarray(places.geometry.values, dtype=object)[located],
        np.asarray(districts.geometry.values, dtype=object),
    )
    names = dict(District.objects.filter(pk__in=list(districts["id"])).values_list("pk", "name"))
    by_name = {names[pk].strip().lower(): at for at, pk in enumerate(districts["id"])}
    for at in np.flatnonzero(~located):
        number[at] = by_name.get(places["district_name"][at].strip().lower(), -1)
    return number


def _sizes(places: gpd.GeoDataFrame, unit: Unit) -> NDArray[np.float64]:
    if unit == "institutions":
        return np.ones(len(places))
    sizes: Any = places["capacity"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(sizes)


def _official(city: City, kind: InstitutionKind) -> int | None:
    return completeness(city, kind).official


def _is_complete(city: City, kind: InstitutionKind) -> bool:
    """
    Tell whether nothing says that institutions are missing from the list.

    An upper kind with gaps may miss these very ones; a list of nothing without an official count
    tells nothing.
    """
    known = completeness(city, kind)
    if known.listed == 0 and known.official is None:
        return False
    node: InstitutionKind | None = kind
    while node is not None:
        known = completeness(city, node)
        if known.official is not None and known.listed < known.official:
            return False
        node = node.parent
    return True
