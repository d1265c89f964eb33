import pytest

from mapping.importers.addresses import parse_address, street_key


@pytest.mark.parametrize(
    "written",
    [
        "ул. Троллейная, д. 21",
        "Троллейная улица, 21",
        "улица Троллейная, дом 21",
        "ул Троллейная 21",
        "г. Новосибирск, ул. Троллейная, д.21",
        "630108, Новосибирск, ул. Троллейная, 21",
        "ТРОЛЛЕЙНАЯ УЛ., 21",
    ],
)
def test_one_address_written_in_many_ways(written):
    address = parse_address(written, city_words=("Новосибирск",))

    assert address.street == street_key("Троллейная улица")
    assert address.house == "21"


@pytest.mark.parametrize(
    ("written", "house"),
    [
        ("ул. Узорная, д. 1, корп.2", "1к2"),
        ("ул. Фрунзе, д. 57А", "57а"),
        ("проспект Красный, д.171/4", "171/4"),
        ("ул. Бориса Богаткова, д. 241/1", "241/1"),
        ("ул. Узорная", ""),
    ],
)
def test_houses(written, house):
    assert parse_address(written).house == house


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1-й Чукотский переулок", "переулок 1-й Чукотский"),
        ("улица Семёна Дежнёва", "ул. Семена Дежнева"),
        ("улица 1-я Механическая", "1-я Механическая ул."),
        ("Морской проспект", "просп. Морской"),
        ("Морской проспект", "пр-кт Морской"),
    ],
)
def test_one_street_written_in_two_ways(one, other):
    assert street_key(one) == street_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("улица Чукотская", "1-й Чукотский переулок"),
        ("1-й Чукотский переулок", "2-й Чукотский переулок"),
        ("Красный проспект", "Красный проезд"),
    ],
)
def test_two_streets_stay_two(one, other):
    assert street_key(one) != street_key(other)


def test_another_settlement_is_not_the_city():
    assert parse_address("пос. Восход, ул. Военторговская, 4/15").elsewhere
    assert not parse_address("ул. Станционная, д. 4").elsewhere
