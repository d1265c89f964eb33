"""Scenarios of a city: whose they are."""

from django.db.models import QuerySet

from mapping.models import City, Scenario
from mapping.queries.owners import owned_by


def of_owner(city: City, *, owner_key: str, user_id: int | None) -> QuerySet[Scenario]:
    """Those this browser or this user saved, the last changed first."""
    return Scenario.objects.filter(owned_by(owner_key=owner_key, user_id=user_id), city=city)
