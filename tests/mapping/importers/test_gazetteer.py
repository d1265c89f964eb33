import pytest
from shapely import Point

from mapping.importers.gazetteer import Ambiguous, Gazetteer


@pytest.fixture
def gazetteer():
    found = Gazetteer(city_words=("Город",))
    for number, name in enumerate(
        (
            "Красный проспект",
            "улица Дмитрия Шамшурина",
            "улица Мира",
            "переулок Мира",
            "улица Героев Труда",
            "улица Героев Революции",
            "Тихая улица",
            "Тихая улица",
        )
    ):
        found.add_street(name, Point(83 + number / 100, 55))
    found.add_place("Музей Солнца", "ул. Мира, 5", Point(84, 56))
    return found


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("г. Город, Красный пр., 23", "Красный проспект"),
        ("ул. Шамшурина, 43", "улица Дмитрия Шамшурина"),
        ("Мира, 14", "улица Мира"),
        ("пер. Мира, 14", "переулок Мира"),
    ],
)
def test_finds_the_street(gazetteer, address, street):
    found = gazetteer.find_street(address)

    assert (found.accuracy, found.how) == ("street", street)


@pytest.mark.parametrize("address", ["ул. Героев, 5", "Тихая ул., 1"])
def test_says_when_two_streets_fit(gazetteer, address):
    assert isinstance(gazetteer.find_street(address), Ambiguous)


@pytest.mark.parametrize("address", ["ул. Неведомая, 1", "пос. Дальний, ул. Мира, 5", ""])
def test_finds_nothing_rather_than_something(gazetteer, address):
    assert gazetteer.find_street(address) is None


@pytest.mark.parametrize(
    ("name", "address"),
    [("Другое имя", "улица Мира, д. 5"), ("музей «Солнца»", ""), ("Музей солнца", "ул. Иная, 1")],
)
def test_finds_a_known_place_by_address_or_name(gazetteer, name, address):
    found = gazetteer.find_place(name, address)

    assert (found.accuracy, found.position) == ("exact", Point(84, 56))


def test_does_not_find_a_place_by_a_name_that_many_have(gazetteer):
    gazetteer.add_place("Библиотека", "", Point(84, 56))

    assert gazetteer.find_place("Библиотека", "") is None


def test_does_not_find_a_place_by_the_street_alone(gazetteer):
    assert gazetteer.find_place("Другое имя", "ул. Мира, 7") is None
