"""A town with a library, a museum, a neighbour centre and events, on one street of 2 km."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agenda.models import Event, Occurrence
from mapping.models import NeighborCenter
from tests.factories import make_institution, make_kind, make_source, make_tos, make_town, point_at


@pytest.fixture
def lively(db, settings, tmp_path):
    settings.NETWORK_DIR = tmp_path / "networks"
    city = make_town()
    city.institutions.update(
        opening_hours="24/7",
        accessibility=["wheelchair"],
        phone="+7 383 222-33-22",
        address="Главная улица, 1",
    )
    source = make_source(city, "town")
    make_institution(source, "museum", 1000, kind=make_kind("museum"), name="Музей улицы")
    make_institution(source, "lost", None, name="Библиотека без точки")
    make_tos(source, "Дружба", -100, 600)
    NeighborCenter.objects.create(
        city=city,
        source=source,
        source_key="center",
        name="Соседский центр «Очаг»",
        geometry=point_at(500),
        position_accuracy="exact",
        opening_hours="Mo-Su off",
    )
    library = city.institutions.get(source_key="west")
    add_event(library, "Сказки вслух", hours=30, age_mark="6+", is_free=True)
    add_event(city.institutions.get(source_key="museum"), "Лекция", hours=50, age_mark="16+")
    return city


def add_event(place, title, *, hours, **fields):
    event = Event.objects.create(
        city=place.city,
        source=place.source,
        source_key=title,
        title=title,
        institution=place,
        **fields,
    )
    Occurrence.objects.create(event=event, starts_at=timezone.now() + timedelta(hours=hours))
    return event


def origin(east_m, north_m=0.0):
    point = point_at(east_m, north_m)
    return f"{point.y:.6f},{point.x:.6f}"
