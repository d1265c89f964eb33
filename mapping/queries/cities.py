"""Cities by name, and what lies inside them."""

from typing import Any

from mapping.errors import UnknownNameError
from mapping.models import City


def find_city(slug: str) -> City:
    """Raises UnknownNameError with the cities that are loaded."""
    city = City.objects.filter(slug=slug).first()
    if city is None:
        raise UnknownNameError("city", slug, City.objects.values_list("slug", flat=True))
    return city


def lies_outside(row: Any) -> bool:
    """Whether a row with a geometry touches its city nowhere; False where either is unknown."""
    geometry = getattr(row, "geometry", None)
    city = getattr(row, "city", None)
    if geometry is None or city is None or city.boundary is None:
        return False
    return not city.boundary.intersects(geometry)
