"""Addresses of the resident's page and of the data it asks for."""

from urllib.parse import urlencode

from django.urls import reverse

from mapping.models import City
from nearby.asking import Asked


def near_url(city: City, asked: Asked | None = None) -> str:
    """The page of what is near."""
    path = reverse("nearby:near", args=[city.slug])
    query = asked.query() if asked else ""
    return f"{path}?{query}" if query else path


def points_url(city: City, asked: Asked, language: str) -> str:
    """The same things as points of the map."""
    path = reverse("nearby_data:points", args=[city.slug])
    query = asked.but().query()
    return f"{path}?{query}&lang={language}" if query else f"{path}?lang={language}"


def search_url(city: City, language: str) -> str:
    """Suggestions for what is being typed."""
    return f"{reverse('nearby_data:search', args=[city.slug])}?{urlencode({'lang': language})}"
