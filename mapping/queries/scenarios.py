"""Scenarios of a city: whose they are, and who may change them."""

from django.db.models import Q, QuerySet

from mapping.models import City, Scenario


def of_owner(city: City, *, owner_key: str, user_id: int | None) -> QuerySet[Scenario]:
    """Those this browser or this user saved, the last changed first."""
    owned = Q(pk__in=[])
    if owner_key:
        owned |= Q(owner_key=owner_key)
    if user_id:
        owned |= Q(owner=user_id)
    return Scenario.objects.filter(owned, city=city)


def may_change(scenario: Scenario, *, owner_key: str, user_id: int | None, is_staff: bool) -> bool:
    """Whoever saved it, in the same browser or signed in, and the staff."""
    is_same_browser = bool(owner_key) and scenario.owner_key == owner_key
    is_same_user = user_id is not None and scenario.owner_id == user_id
    return is_staff or is_same_browser or is_same_user
