"""Programs and cards tell the same opening hours."""

import csv
import io
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from layers import cards, choice
from mapping.hours import Schedule, day_of
from mapping.models import City, Institution, OpeningException, OpeningRule
from mapping.queries.hours import locality_of, schedules_of, today_in
from tests.factories import make_city, make_institution, make_source

pytestmark = pytest.mark.django_db


def furnish(library: Institution) -> None:
    """A summer of its own, and the day after tomorrow closed by hand."""
    today = today_in(library.city)
    for weekday in (1, 2, 3):
        OpeningRule.objects.create(
            institution=library,
            weekday=weekday,
            opens=time(11),
            closes=time(2),
            valid_from=today + timedelta(days=7),
            valid_to=today + timedelta(days=37),
        )
    OpeningException.objects.create(
        institution=library, date=today + timedelta(days=2), reason="учёт"
    )


@pytest.fixture
def library(open_town):
    found = Institution.objects.get(source_key="west")
    Institution.objects.filter(pk=found.pk).update(opening_hours="Mo-Su 10:00-19:00; Fr[-1] off")
    found.refresh_from_db()
    furnish(found)
    return found


def days(schedule: Schedule, first) -> list:
    return [
        [(span.opens, span.closes, span.is_known) for span in found]
        if (found := day_of(schedule, first + timedelta(days=number)).spans) is not None
        else None
        for number in range(60)
    ]


def test_the_text_that_programs_get_reads_as_the_card_does(library, ask):
    city, today = library.city, today_in(library.city)
    (row,) = [each for each in ask("institutions") if each["id"] == library.pk]
    told = Schedule(text=row["opening_hours"], locality=locality_of(city), as_of=today)

    assert days(told, today) == days(schedules_of(city, [library])[library.pk], today)
    shown = cards.institution(choice.read(city, {}), str(library.pk))["hours"]
    assert any("учёт" in line.note for line in (*shown.days, *shown.coming))
    assert "учёт" in row["opening_hours"]


def test_every_form_tells_the_same_hours(client, library, ask):
    rows = {row["id"]: row["opening_hours"] for row in ask("institutions")}
    assert "11:00-02:00" in rows[library.pk]

    sheet = client.get("/api/v1/institutions.csv").content.decode("utf-8-sig")
    features = client.get("/api/v1/institutions.geojson").json()["features"]
    ogc = client.get("/ogc/collections/institutions/items").json()["features"]
    assert rows == {
        int(row["id"]): row["opening_hours"]
        for row in csv.DictReader(io.StringIO(sheet), delimiter=";")
    }
    assert rows == {each["id"]: each["properties"]["opening_hours"] for each in features}
    assert {each["id"]: each["properties"]["opening_hours"] for each in ogc}.items() <= rows.items()


def test_unknown_is_empty_and_what_does_not_work_is_off(library, ask):
    Institution.objects.filter(source_key="museum").update(opening_hours="каждый день")
    Institution.objects.filter(source_key="lost").update(status="closed_for_repair")
    told = {row["name"]: row["opening_hours"] for row in ask("institutions")}

    assert (told["Музей; «улицы»"], told["Библиотека без точки"]) == ("", "off")
    assert [row["opening_hours"] for row in ask("centers")] == ["Mo-Su off"]


def test_rows_are_not_asked_for_by_hours_that_are_put_together(client, library):
    asked = client.get("/ogc/collections/institutions/items", {"opening_hours": "24/7"})
    assert asked.status_code == 400
    assert "opening_hours" not in asked.json()["known"]


def test_any_number_of_rows_and_cities_takes_the_same_queries(client, library):
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = (
        "/api/v1/institutions",
        "/api/v1/institutions.csv",
        "/api/v1/centers",
        "/ogc/collections/institutions/items?limit=1000",
        "/api/v1/institutions?open_at=2026-06-03T12:00:00%2B07:00",
    )
    before = {each: count(each) for each in addresses}
    other = make_source(make_city("other", timezone="Europe/Moscow"), "other")
    for number in range(5):
        furnish(make_institution(other, f"more-{number}", number, opening_hours="24/7"))

    assert City.objects.count() == 2
    assert {each: count(each) for each in addresses} == before
