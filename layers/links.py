"""Addresses of our own pages that keep the reader's choice."""

from django.urls import reverse

from layers.choice import Choice
from mapping.models import City


def map_url(choice: Choice, **changes: object) -> str:
    """The map page with the choice, some of it changed."""
    return f"{reverse('layers:map', args=[choice.city.slug])}?{choice.query(**changes)}"


def card_url(choice: Choice, kind: str, identifier: object) -> str:
    """The card of one thing."""
    path = reverse("layers:card", args=[choice.city.slug, kind, identifier])
    return f"{path}?{choice.query()}"


def run_url(choice: Choice) -> str:
    """How the shown figure was computed."""
    path = reverse("layers:run", args=[choice.city.slug, choice.run.pk])
    return f"{path}?{choice.query()}"


def thing_url(city: City, kind: str, identifier: object) -> str:
    """The one address of a thing, whoever asks and whatever for."""
    return reverse("layers:card", args=[city.slug, kind, identifier])
