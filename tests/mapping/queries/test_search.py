import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mapping.models import Stop
from mapping.queries.search import SOURCES, find
from tests.factories import make_city, make_institution, make_source, make_town, make_unit, point_at


@pytest.fixture
def city(db):
    city = make_town()
    source = make_source(city, "names")
    street = city.streets.get()
    for name in ("улица Ватутина", "проспект Карла Маркса", "Ёлочная улица", "улица Цыганова"):
        street.pk, street.name, street.source_key = None, name, name
        street.save()
    for number, mode in (("Площадь Маркса", "metro"), ("Площадь Маркса", "bus")):
        Stop.objects.create(
            city=city,
            source=source,
            source_key=mode,
            name=number,
            mode=mode,
            geometry=point_at(700),
        )
    make_unit(source, "house", 900, 10, address="улица Ватутина, 26")
    make_unit(source, "other", 950, 10, address="улица Ватутина, 261")
    make_institution(
        source, "vat", 800, name="Библиотека имени Крупской", address="улица Ватутина, 28"
    )
    make_institution(source, "nowhere", None, name="Музей без точки")
    return city


def labels(city, typed):
    return [each.label for each in find(city, typed)]


def first(city, typed):
    return find(city, typed)[0]


@pytest.mark.parametrize(
    "typed",
    [
        "Ватутина",
        "ватут",
        "vatutina",
        "Ватутна",
        "Ваттутина",
        "dfnenbyf",
        "ул. Ватутина",
        "ВАТУТИНА",
    ],
)
def test_a_street_is_found_however_it_is_typed(city, typed):
    assert first(city, typed).label == "улица Ватутина"


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("елочная", "Ёлочная улица"),
        ("Ёлочная", "Ёлочная улица"),
        ("tsyganova", "улица Цыганова"),
        ("cyganova", "улица Цыганова"),
        ("ploshchad marksa", "Площадь Маркса"),
        ("метро маркса", "Площадь Маркса"),
        ("бибилотека крупской", "Библиотека имени Крупской"),
        ("крупской ватутина", "Библиотека имени Крупской"),
        ("Западный", "Западный район"),
        ("western", "Западный район"),
    ],
)
def test_forgiven(city, typed, label):
    assert first(city, typed).label == label


def test_a_metro_station_comes_before_the_stop_of_its_name(city):
    stations = find(city, "площадь маркса")

    assert [each.kind for each in stations if each.sort == "stop"] == [1, 0]


def test_a_house_comes_before_its_street_and_before_longer_numbers(city):
    assert labels(city, "Ватутина, 26") == [
        "улица Ватутина, 26",
        "улица Ватутина",
        "улица Ватутина, 261",
    ]


def test_a_number_nobody_has_gives_the_street(city):
    assert labels(city, "Ватутина 999") == ["улица Ватутина"]


def test_it_says_where_and_how_sure(city):
    house, street = first(city, "Ватутина 26"), first(city, "Ватутина")

    assert (house.district, house.accuracy) == ("Западный район", "building")
    assert street.accuracy == "street"
    assert (house.lon, house.lat) == pytest.approx(point_at(900).coords)


def test_what_has_no_position_is_found_too(city):
    found = first(city, "музей без точки")

    assert (found.lat, found.lon, found.accuracy) == (None, None, None)


def test_closed_places_and_other_cities_are_not_offered(city):
    city.institutions.filter(source_key="vat").update(status="closed")
    other = make_source(make_city("elsewhere"), "names")
    make_institution(other, "far", 0, name="Библиотека имени Крупской")

    assert labels(city, "крупской") == []


@pytest.mark.parametrize(
    "typed", ["", "  ", "'; DROP TABLE mapping_city; --", "%", "_", "\\", "100%", "((", "ъ"]
)
def test_odd_words_find_nothing_and_break_nothing(city, typed):
    assert find(city, typed) == []


def test_one_sort_does_not_crowd_out_the_others(city):
    source = make_source(city, "many")
    for number in range(12):
        make_institution(source, f"m{number}", 100 * number, name=f"Ватутина дом {number}")

    sorts = {each.sort for each in find(city, "ватутина")}

    assert {"street", "house", "institution"} <= sorts


# Of districts and territories a city has too few for an index to be worth its keep.
MANY = [source for source in SOURCES if source.sort not in {"district", "tos"}]


@pytest.mark.parametrize("source", MANY, ids=lambda source: source.sort)
def test_names_are_looked_up_in_an_index(city, source):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute(
            f"EXPLAIN SELECT id FROM {source.table} WHERE {source.where} "
            f"AND ({source.text} LIKE '% vatut%' OR 'vatutina' <% {source.text})"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert f"{source.table}_search" in plan


def test_words_said_over_and_over_are_looked_for_once(city):
    many = " ".join(["ватутина", *(f"слово{number}" for number in range(60))])

    with CaptureQueriesContext(connection) as asked:
        find(city, many)

    assert labels(city, "ватутина " * 20) == labels(city, "ватутина")
    assert max(each["sql"].count("LIKE") for each in asked) < 600
