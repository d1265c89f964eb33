"""A town with one of everything that the open data tells of."""

from datetime import timedelta

import pytest

from agenda.models import Event, Occurrence
from mapping.models import NeighborCenter, Organization
from mapping.services.coverage import CoverageQuestion, run_coverage
from tests.factories import (
    MOMENT,
    make_institution,
    make_kind,
    make_source,
    make_tos,
    make_town,
    point_at,
    rectangle,
)


@pytest.fixture
def open_town(db, settings, tmp_path):
    """
    Along the street: a library at 0 m, always open; a neighbour centre at 500 m; a museum at
    1,000 m, drawn as its outline; a library whose place nobody knows; two events.
    """
    settings.NETWORK_DIR = tmp_path / "networks"
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10**9, 60))
    city = make_town()
    source = make_source(city, "town", title="Перепись", attribution="Городок", license="CC BY 4.0")
    body = Organization.objects.create(city=city, source=source, source_key="cbs", name="ЦБС")
    city.institutions.update(opening_hours="24/7", accessibility=["wheelchair"], organization=body)
    museum = make_institution(
        source,
        "museum",
        None,
        kind=make_kind("museum"),
        name="Музей; «улицы»",
        geometry=rectangle(990, -10, 1010, 10)[0],
        position_accuracy="building",
    )
    make_institution(source, "lost", None, name="Библиотека без точки")
    make_tos(source, "Дружба", -100, 600)
    NeighborCenter.objects.create(
        city=city,
        source=source,
        source_key="center",
        name="Очаг",
        geometry=point_at(500),
        position_accuracy="exact",
        opening_hours="Mo-Su off",
    )
    lecture = Event.objects.create(
        city=city, source=source, source_key="lecture", title="Лекция", institution=museum
    )
    for weeks in (0, 8):
        starts_at = MOMENT + timedelta(weeks=weeks)
        Occurrence.objects.create(
            event=lecture, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
        )
    Event.objects.create(
        city=city, source=source, source_key="someday", title="Когда-нибудь", is_free=True
    )
    run_coverage(city, CoverageQuestion(kind="library", minutes=15))
    return city


@pytest.fixture
def ask(client):
    """The rows that an address answers."""

    def rows(resource: str, **query):
        answer = client.get(f"/api/v1/{resource}", query)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()["results"]

    return rows
