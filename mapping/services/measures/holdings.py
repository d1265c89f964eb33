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


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """
    Institutions of a kind that exist, one by one, arrays of shape (n,).

    Attributes
    ----------
    ids
        Their numbers in the database.
    district
        Number of the district each is in; -1 where nobody says, or outside all.
    is_placed
        Whether it is known where it is, if only the district.
    capacity
        Seats; NaN where nobody knows.
    district_count
        Districts of the city.
    is_complete
        Whether nothing says that the list has gaps.
    official
        How many there are officially; None where nobody says.
    """

    ids: NDArray[np.int64]
    district: NDArray[np.int64]
    is_placed: NDArray[np.bool_]
    capacity: NDArray[np.float64]
    district_count: int
    is_complete: bool
    official: int | None


def count_holdings(
    city: City, kind: InstitutionKind, districts: gpd.GeoDataFrame, unit: Unit
) -> Holdings:
    """Count institutions of the kind, or their seats, in the city and in `districts`."""
    return count_stock(read_stock(city, kind, districts), unit)


def read_stock(city: City, kind: InstitutionKind, districts: gpd.GeoDataFrame) -> Stock:
    """Read what exists of the kind, each in its district."""
    places = _places(city, kind)
    number = _district_numbers(city, places, districts)
    seats: Any = places["capacity"].to_numpy(dtype=np.float64, na_value=np.nan)
    return Stock(
        ids=places["id"].to_numpy(dtype=np.int64),
        district=number,
        is_placed=(number >= 0) | places.geometry.notna().to_numpy(),
        capacity=np.asarray(seats),
        district_count=len(districts),
        is_complete=_is_complete(city, kind),
        official=completeness(city, kind).official,
    )


def count_stock(stock: Stock, unit: Unit) -> Holdings:
    """Count institutions, or their seats."""
    size = len(stock.ids)
    sizes = np.ones(size) if unit == "institutions" else stock.capacity
    membership = Membership.from_index(stock.district, stock.district_count)
    by_district = stock.is_complete and bool(stock.is_placed.all())
    source: Literal["listed", "official"] = "listed"
    in_city = float(sizes.sum()) if stock.is_complete else np.nan
    if not stock.is_complete and unit == "institutions" and stock.official is not None:
        in_city, source = float(max(stock.official, size)), "official"
    return Holdings(
        counted=float(np.nansum(sizes)),
        counted_in_districts=sum_by_territory(np.nan_to_num(sizes), membership),
        in_city=in_city,
        in_districts=sum_by_territory(sizes, membership)
        if by_district
        else np.full(stock.district_count, np.nan),
        is_complete=stock.is_complete,
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
