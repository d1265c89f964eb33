import pytest
from shapely import Point

from mapping.importers.kinds import load_kinds
from mapping.importers.matching import KnownInstitutions
from mapping.importers.records import InstitutionRecord


def place(name, *, kind="library", address="", **values):
    return InstitutionRecord(
        source="facts", source_key=name, name=name, kind=kind, address=address, **values
    )


def known(*records):
    institutions = KnownInstitutions(load_kinds(), city_words=("Новосибирск",))
    for record in records:
        institutions.add(record)
    return institutions


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Молодёжный театр «Глобус»", "Театр «Глобус»"),
        ("Культурно-исторический музей Солнца", "Музей Солнца"),
        ("Детский дом культуры им. М. И. Калинина", "здание ДК имени М.И. Калинина"),
        ("Дом культуры «40 лет ВЛКСМ»", 'здание дома культуры "40 лет ВЛКСМ"'),
        ("Парк «Заельцовский»", "Заельцовский парк"),
        ("Новосибирский цирк", "Цирк"),
        (
            "Библиотека им. К. И. Чуковского",
            'помещение Филиала "Библиотека им. К.И. Чуковского" МКУК "ЦБС им. Чернышевского"',
        ),
    ],
)
def test_two_spellings_of_one_place(one, other):
    assert known(place(one)).recognise(place(other)) == (0, "same name")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Детская музыкальная школа № 3", "Детская музыкальная школа № 5"),
        ("Новосибирский музыкальный театр", "Новосибирский театр оперы и балета"),
        ("Библиотека семейного чтения", "Библиотека семейного чтения им. Ю. Магалифа"),
        ("Музей Новосибирска: «На Богданке»", "Музей Новосибирска: «Заельцовка»"),
        ("Музей Октябрьского района", "Музей Железнодорожного района"),
        (
            "Библиотека им. Н. Г. Чернышевского",
            'Филиал "Библиотека им. Чуковского" МКУК "ЦБС им. Н. Г. Чернышевского"',
        ),
    ],
)
def test_two_places_stay_two(one, other):
    assert known(place(one)).recognise(place(other)) is None


def test_one_address_and_family_of_kinds_is_one_place():
    institutions = known(place("Центральная библиотека", address="ул. Ленина, 32"))

    branch = place("Детский абонемент", kind="children_library", address="Ленина ул., д. 32")
    museum = place("Музей книги", kind="museum", address="ул. Ленина, 32")

    assert institutions.recognise(branch) == (0, "same address")
    assert institutions.recognise(museum) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (place("Библиотека", address="ул. Мира, 1"), place("Библиотека", address="ул. Мира, 9")),
        (
            place("Дом культуры «Академия»", address="ул. Ильича, 4"),
            place("Музейный центр ДК «Академия»", address="ул. Иванова, 53"),
        ),
        (
            place("Библиотека им. Пушкина", geometry=Point(83, 55), position_accuracy="exact"),
            place("Библиотека Пушкина", geometry=Point(83.1, 55), position_accuracy="building"),
        ),
    ],
)
def test_one_name_at_two_addresses_is_two_places(one, other):
    assert known(one).recognise(other) is None


def test_an_approximate_position_does_not_contradict():
    first = place("Библиотека им. Пушкина", geometry=Point(83, 55), position_accuracy="exact")
    second = place("Библиотека Пушкина", geometry=Point(83.1, 55), position_accuracy="street")

    assert known(first).recognise(second) == (0, "same name")


def test_a_double_fills_only_what_is_missing():
    institutions = known(place("А", address="ул. Мира, 1"))
    double = place("А", address="ул. Мира, 1а", geometry=Point(83, 55), position_accuracy="street")

    institutions.fill_gaps(0, double, "Перечень")

    (record,) = institutions.records
    assert record.address == "ул. Мира, 1"
    assert record.geometry == Point(83, 55)
    assert (record.position_accuracy, record.position_source) == ("street", "Перечень")
