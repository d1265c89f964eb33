"""Whose a saved thing is: of a browser that holds its secret, or of a user who signed in."""

from typing import Protocol

from django.db.models import Q


class Owned(Protocol):
    """A row with an owner."""

    owner_id: int | None
    owner_key: str


def owned_by(*, owner_key: str, user_id: int | None) -> Q:
    """Rows this browser or this user saved; none where neither is known."""
    owned = Q(pk__in=[])
    if owner_key:
        owned |= Q(owner_key=owner_key)
    if user_id:
        owned |= Q(owner=user_id)
    return owned


def is_own(owned: Owned, *, owner_key: str, user_id: int | None) -> bool:
    """Whether it was saved by whoever asks, in the same browser or signed in."""
    is_same_browser = bool(owner_key) and owned.owner_key == owner_key
    is_same_user = user_id is not None and owned.owner_id == user_id
    return is_same_browser or is_same_user
