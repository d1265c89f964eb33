"""
How many people an institution of each kind takes when nobody has said.

Seats, places or visitors at a time. These are orders of magnitude of ordinary municipal
institutions, an assumption and not from any act; every run names the institutions it used them
for, and a stored capacity always goes before.
"""

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

DEFAULT_CAPACITIES = {
    "library": 60,
    "children_library": 50,
    "house_of_culture": 300,
    "museum": 100,
    "gallery": 60,
    "circus": 1500,
    "concert_hall": 500,
    "theatre": 500,
    "cinema": 300,
    "planetarium": 80,
    "zoo": 2000,
    "park": 1000,
    "botanical_garden": 300,
    "art_school": 300,
    "children_creativity": 300,
    "youth_center": 150,
    "cultural_center": 120,
    "art_cluster": 200,
    "ngo_resource_center": 50,
    "heritage_site": 50,
    "monument": 30,
    "point_of_attraction": 100,
    "public_building": 100,
    "social_service": 100,
    "school": 800,
    "kindergarten": 200,
    "health_service": 200,
    "college": 800,
    "tos_premises": 40,
}
OTHER_CAPACITY = 100
"""For kinds added after this table was written."""


def capacities(places: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the capacity of each place, and whether it is the default of its kind."""
    known = places["capacity"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_default = np.isnan(known)
    defaults = [DEFAULT_CAPACITIES.get(code, OTHER_CAPACITY) for code in places["kind__code"]]
    return np.where(is_default, np.array(defaults, dtype=np.float64), known), is_default
