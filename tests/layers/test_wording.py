"""Numbers and findings as people say them."""

import math

import pytest
from django.utils import translation

from layers import wording


@pytest.fixture(params=["ru", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize(
    ("share", "russian", "english"),
    [
        (0, "0\u00a0%", "0%"),
        (0.001, "<\u00a01\u00a0%", "<1%"),
        (0.58, "58\u00a0%", "58%"),
        (0.999, ">\u00a099\u00a0%", ">99%"),
        (1, "100\u00a0%", "100%"),
    ],
)
def test_only_nobody_is_zero_and_only_everybody_a_hundred(share, russian, english, language):
    assert wording.percent(share) == {"ru": russian, "en": english}[language]


def test_thousands_are_set_apart(language):
    assert wording.number(12400.4) == {"ru": "12\u202f400", "en": "12,400"}[language]


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_no_data_is_not_a_number(nothing):
    with translation.override("en"):
        assert wording.number(nothing) == "no data"
        assert wording.percent(nothing) == "no data"
        assert wording.walk_minutes(nothing) == "no path"


def test_ranges_without_gaps():
    with translation.override("en"):
        assert wording.share_range(None, 0.1) == "up to 10%"
        assert wording.share_range(0.1, 0.25) == "10–25%"
        assert wording.count_range(1000, None) == "over 1,000"
        assert wording.count_range(None, None) == "any number"


def test_an_article_where_english_wants_one():
    with translation.override("en"):
        assert wording.one_of("Library") == "a library"
        assert wording.one_of("Art school") == "an art school"


def test_a_finding_without_people_says_so():
    with translation.override("en"):
        said = wording.finding(
            kind_name="Library", minutes=15, group="all", share=None, uncovered=0
        )
    assert said.startswith("Nobody can be counted")


def test_gaps_between_territories_are_not_the_whole_city():
    with translation.override("en"):
        said = wording.finding(
            kind_name="Museum", minutes=15, group="all", share=0.5, uncovered=9, level="tos"
        )
    assert said.startswith("50% of residents in ТОС territories live within")


def test_nobody_left_out_is_said_without_a_zero():
    with translation.override("en"):
        said = wording.finding(kind_name="Library", minutes=15, group="all", share=1, uncovered=0)
    assert said == "Everybody counted lives within 15 minutes' walk of a library."


@pytest.mark.parametrize("official", [None, 70])
def test_completeness_counts_against_the_official_number(official):
    with translation.override("en"):
        said = wording.completeness(
            located=13, listed=42, official=official, kind_plural="libraries"
        )
    assert said.startswith(f"Only 13 of {official or 42} libraries have a position.")
    assert "nearer than shown" in said


def test_completeness_of_a_complete_list_warns_of_nothing():
    with translation.override("en"):
        said = wording.completeness(located=70, listed=72, official=70, kind_plural="libraries")
    assert said == "70 of 70 libraries have a position"


def test_an_abbreviation_keeps_its_capitals():
    with translation.override("en"):
        assert wording.one_of("NGO resource centre") == "an NGO resource centre"


def test_everybody_within_one_minute_is_said_in_the_singular():
    with translation.override("ru"):
        said = wording.finding(kind_name="Музей", minutes=1, group="all", share=1, uncovered=0)
    assert "в 1 минуте пешком есть музей" in said


@pytest.mark.parametrize(
    ("minutes", "russian"), [(1, "до 1 минуты пешком"), (7.5, "до 7,5 минут пешком")]
)
def test_the_limit_of_a_walk_is_in_its_own_case(minutes, russian):
    with translation.override("ru"):
        assert wording.minutes_limit(minutes) == russian


@pytest.mark.parametrize(
    ("given", "russian"),
    [
        ("secondary public source", "вторичный открытый источник"),
        ("Росстат, 2016", "Росстат, 2016"),
        ("founded 1907; site sshbn.ru", "sshbn.ru"),
        ("mosaics on the facade", ""),
        ("https://nsk.ru/news/1 (в новостях)", "https://nsk.ru/news/1 (в новостях)"),
        ("координаты: secondary public source", "координаты: вторичный открытый источник"),
    ],
)
def test_a_russian_card_has_no_english_remarks(given, russian):
    with translation.override("ru"):
        assert wording.remark(given) == russian


def test_an_english_card_keeps_every_remark():
    with translation.override("en"):
        assert wording.remark("founded 1907; site sshbn.ru") == "founded 1907; site sshbn.ru"
