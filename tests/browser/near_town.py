"""
The town with libraries near «улица Ватутина», at a moment of a Wednesday that never passes.

Along the main street, in metres east of its west end, on 3 June 2026 at 12:00 there:

    600  «Библиотека у лестницы»  open until 20:00, steps at the entrance
    700  «Библиотека Чехова»      open until 20:00, without steps; «Громкие чтения» tomorrow
    900  «Утренняя библиотека»    without steps, closed since 9:00
   2000  «Музей восток»           nothing known of its hours
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from agenda.models import Event, Occurrence
from mapping.models import Street
from tests.browser.machine_code import load_machine_code
from tests.browser.traffic import let_the_server_finish
from tests.factories import line_through, make_institution, make_kind, make_town, point_at

NOW = datetime(2026, 6, 3, 5, 0, tzinfo=UTC)
DAY = "Mo-Su 10:00-20:00"


def fill(town) -> None:
    """What stands along the street."""
    source = town.sources.get()
    Street.objects.create(
        city=town,
        source=source,
        source_key="vatutina",
        name="улица Ватутина",
        highway="residential",
        geometry=line_through((500, 0), (500, 200)),
    )
    libraries = (
        ("stairs", 600, "Библиотека у лестницы", DAY, ["no_wheelchair"]),
        ("chekhov", 700, "Библиотека Чехова", DAY, ["wheelchair"]),
        ("morning", 900, "Утренняя библиотека", "Mo-Su 08:00-09:00", ["wheelchair"]),
    )
    for key, east_m, name, hours, doors in libraries:
        make_institution(
            source,
            key,
            east_m,
            name=name,
            opening_hours=hours,
            accessibility=doors,
            phone="+7 383 1",
        )
    make_institution(source, "east", 2000, kind=make_kind("museum"), name="Музей восток")
    host = town.institutions.get(source_key="chekhov")
    event = Event.objects.create(
        city=town,
        source=source,
        source_key="readings",
        title="Громкие чтения",
        institution=host,
        age_mark="6+",
        is_free=True,
    )
    Occurrence.objects.create(event=event, starts_at=NOW + timedelta(days=1, hours=6))


@pytest.fixture
def near_site(live_server, settings, tmp_path, monkeypatch) -> Iterator[str]:
    """Address of a server with the town, whose clock stands still."""
    settings.NETWORK_DIR = tmp_path
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()
    fill(make_town())
    load_machine_code()
    yield live_server.url
    let_the_server_finish()


def origin(east_m: float = 500) -> str:
    """The query value of a place on the main street."""
    point = point_at(east_m)
    return f"{point.y:.5f},{point.x:.5f}"
