from datetime import date, time

import pytest

from mapping.hours import Reason, Span, day_of
from mapping.models import Institution, NeighborCenter, OpeningException, OpeningRule
from mapping.queries.hours import center_schedules, schedules_of
from tests.factories import make_city, make_institution, make_source

MONDAY = date(2026, 11, 23)


@pytest.fixture
def source(db):
    return make_source(make_city(country="RU"))


def furnish(source, key, text="Mo-Fr 10:00-19:00"):
    library = make_institution(source, key, 0, opening_hours=text)
    OpeningRule.objects.create(
        institution=library, weekday=1, opens=time(11), closes=time(2), valid_from=MONDAY
    )
    OpeningException.objects.create(institution=library, date=date(2026, 11, 25), reason="учёт")
    OpeningException.objects.create(institution=library, date=date(2025, 1, 1))
    return library


def test_rows_become_a_schedule(source):
    library = furnish(source, "one")
    known = schedules_of(source.city, [library], as_of=MONDAY)[library.pk]

    assert day_of(known, MONDAY).spans == (Span(660, 1560),)
    assert day_of(known, date(2026, 11, 20)).spans == (Span(600, 1140),)  # before the rule: text
    assert day_of(known, date(2026, 11, 25)).note == "учёт"
    assert len(known.exceptions) == 1  # last year's is forgotten
    assert known.locality.country == "RU"


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_of_places_takes_two_queries(source, count, django_assert_num_queries):
    for number in range(count):
        furnish(source, str(number))
    places = list(Institution.objects.filter(city=source.city))

    with django_assert_num_queries(2):
        assert len(schedules_of(source.city, places, as_of=MONDAY)) == count


def test_what_is_under_repair_does_not_work(source):
    closed = make_institution(source, "closed", 0, opening_hours="24/7", status="closed_for_repair")

    known = schedules_of(source.city, [closed], as_of=MONDAY)[closed.pk]
    assert day_of(known, MONDAY).reason is Reason.SUSPENDED


def test_neighbour_centres_have_hours_too(source):
    center = NeighborCenter.objects.create(
        city=source.city,
        source=source,
        source_key="c",
        name="Центр",
        opening_hours="Mo 10:00-12:00",
    )

    known = center_schedules(source.city, [center], as_of=MONDAY)[center.pk]
    assert day_of(known, MONDAY).spans == (Span(600, 720),)
