import pytest

from mapping.errors import HoursError
from mapping.hours.syntax import parse_hours


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ("Mo-Fr 10:00-19:00; Sa off", "Mo-Fr 10:00-19:00; Sa off"),
        (" Mo – Fr: 10.00–19.00; ", "Mo-Fr 10:00-19:00"),
        (
            "Пн-Пт 10:00-19:00, Сб 10:00-18:00; Вс выходной",
            "Mo-Fr 10:00-19:00, Sa 10:00-18:00; Su off",
        ),
        ("ежедневно 9:00—21:00", "Mo-Su 9:00-21:00"),
        ("Mo-Fr, Su 10:00-11:00", "Mo-Fr,Su 10:00-11:00"),
        ('Mo-Fr 10:00-19:00 "пн – по записи"', 'Mo-Fr 10:00-19:00 "пн – по записи"'),
        ("  ", ""),
    ],
)
def test_mends_only_what_has_one_meaning(given, mended):
    assert parse_hours(given) == mended
    assert parse_hours(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Th 10:00-18:00; Fr[-1] off",
        "Mo-Fr 10:00-18:00; PH off; PH -1 day 10:00-17:00",
        "Apr 15-Oct 15 Mo-Su 08:00-24:00",
        "week 1-53/2 Fr 09:00-12:00",
        "easter -2 days off; 24/7",
        "Mo-Su 10:00-02:00",
        "sunrise-sunset",
        "Jan 1 -1 day,Feb 1 -1 day off; 10:00-18:00",
    ],
)
def test_takes_the_hard_cases_of_the_specification(text):
    assert parse_hours(text) == text


@pytest.mark.parametrize(
    "text", ["по будням", "Mo-Fr 10:61-12:00", "10-19", "Mo-Fr 25:00-26:00", "с" * 5000]
)
def test_says_what_it_could_not_read(text):
    with pytest.raises(HoursError, match=r"opening hours: got .+, wanted"):
        parse_hours(text)
