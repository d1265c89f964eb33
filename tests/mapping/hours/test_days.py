from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.hours import DayException, Reason, Span, WeeklyRule, day_of, week_of
from mapping.hours.holidays import is_holiday
from tests.mapping.hours.places import HELSINKI, NOVOSIBIRSK, place

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LAST_DAYS = ",".join(f"{month} 1 -1 day" for month in MONTHS) + ' off "санитарный день"'


def hours(text, day, **more):
    spans = day_of(place(text, **more), day).spans
    return None if spans is None else [(span.opens / 60, span.closes / 60) for span in spans]


def test_a_lunch_break_parts_the_day():
    assert hours("Mo-Fr 09:00-13:00,14:00-18:00", date(2026, 11, 23)) == [(9, 13), (14, 18)]


def test_each_night_keeps_its_own_end_whatever_the_next_day_says():
    text = "Mo-Th 18:00-01:00; Fr-Sa 18:00-03:00; Su off"

    assert hours(text, date(2026, 11, 21)) == [(18, 27)]  # Saturday, and Sunday is closed
    assert hours(text, date(2026, 11, 22)) == []
    assert hours(text, date(2026, 11, 23)) == [(18, 25)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", [(0, 24)]),
        ("Mo-Su 18:00-00:00", [(18, 24)]),
        ("Mo-Su 22:00-28:00", [(22, 28)]),
        ("Mo-Su 10:00-12:00,23:00-12:00", [(10, 12), (23, 36)]),
        ("sunset-sunrise", None),
        ("", None),
        ("каждый день", None),
        ("SH off; 10:00-11:00", None),
        ("SH Mo-Fr 10:00-11:00; Mo 10:00-11:00", [(10, 11)]),
    ],
)
def test_reads_a_monday(text, expected):
    nowhere = NOVOSIBIRSK.__class__(timezone="Asia/Novosibirsk")
    assert hours(text, date(2026, 11, 23), locality=nowhere) == expected


def test_an_open_end_is_known_only_to_begin():
    assert day_of(place("Mo-Su 12:00-14:00+"), date(2026, 11, 23)).spans == (
        Span(720, 840),
        Span(840, 1440, is_known=False),
    )


def test_the_sun_is_that_of_the_place():
    north, east = (
        day_of(place("sunrise-sunset", locality=where), date(2026, 12, 21)).spans[0]
        for where in (HELSINKI, NOVOSIBIRSK)
    )

    assert north.closes - north.opens < east.closes - east.opens < 8 * 60


@pytest.mark.parametrize("text", ["Mo-Su 10:00-19:00; PH off", "PH off; Mo-Su 10:00-19:00"])
@pytest.mark.parametrize(
    ("day", "is_closed"),
    [
        *((date(2026, 1, number), number <= 9) for number in range(1, 12)),  # the 9th is moved
        (date(2026, 5, 9), True),
        (date(2026, 5, 11), True),  # 9 May falls on a Saturday
        (date(2026, 5, 12), False),
        (date(2026, 12, 31), True),
    ],
)
def test_public_holidays_of_russia_close_where_the_text_says_so(text, day, is_closed):
    found = day_of(place(text), day)

    assert (found.spans == ()) is is_closed
    assert found.is_holiday is is_closed
    assert (found.reason is Reason.HOLIDAY) is is_closed


def test_without_a_country_no_holiday_is_known():
    nowhere = NOVOSIBIRSK.__class__(timezone="Asia/Novosibirsk")

    assert hours("Mo-Su 10:00-19:00; PH off", date(2026, 1, 1), locality=nowhere) == [(10, 19)]


@settings(deadline=None)
@given(DAYS)
def test_a_holiday_on_a_weekday_and_the_eve_of_one_have_hours_of_their_own(day):
    text = "Mo-Fr 10:00-18:00; PH -1 day 10:00-17:00; PH Mo-Fr 12:00-13:00; PH Sa,Su off"
    eve, feast = (is_holiday("RU", day + timedelta(days=ahead)) for ahead in (1, 0))
    weekend = day.isoweekday() > 5
    if feast:
        expected = [] if weekend else [(12, 13)]
    elif eve:
        expected = [(10, 17)]
    else:
        expected = [] if weekend else [(10, 18)]

    assert hours(text, day) == expected


@settings(deadline=None)
@given(DAYS)
def test_the_sanitary_day_is_the_last_friday_and_no_other(day):
    is_last = day.isoweekday() == 5 and (day + timedelta(days=7)).month != day.month
    found = day_of(place("Mo-Su 10:00-19:00; Fr[-1] off"), day)

    assert (found.spans == ()) is is_last
    assert (found.reason is Reason.MONTHLY) is is_last


@settings(deadline=None)
@given(DAYS)
def test_the_last_day_of_a_month_is_found_in_leap_years_too(day):
    is_last = day.day == monthrange(day.year, day.month)[1]
    found = day_of(place(f"Mo-Su 10:00-19:00; {LAST_DAYS}"), day)

    assert (found.spans == ()) is is_last
    assert (found.reason, found.note) == (
        (Reason.MONTHLY, "санитарный день") if is_last else (Reason.NONE, "")
    )


def test_an_exception_counts_more_than_rules_and_rules_more_than_text():
    monday = date(2026, 11, 23)
    known = place(
        "Mo-Su 09:00-10:00",
        rules=(WeeklyRule(weekday=1, opens=600, closes=1140),),
        exceptions=(DayException(date=monday, opens=720, closes=900, note="концерт"),),
    )

    week = week_of(known, monday + timedelta(days=3))
    assert week[0].spans == (Span(720, 900),)
    assert (week[0].reason, week[0].note) == (Reason.EXCEPTION, "концерт")
    assert [day.spans for day in week[1:]] == [()] * 6
    assert day_of(known, monday + timedelta(days=7)).spans == (Span(600, 1140),)


def test_summer_rules_replace_those_of_the_year_and_the_text_fills_the_rest():
    summer = {"valid_from": date(2026, 6, 1), "valid_to": date(2026, 8, 31)}
    known = place(
        "Mo-Su 09:00-10:00", rules=(WeeklyRule(weekday=1, opens=600, closes=1140, **summer),)
    )

    assert day_of(known, date(2026, 6, 1)).spans == (Span(600, 1140),)
    assert day_of(known, date(2026, 6, 2)).spans == ()
    assert day_of(known, date(2026, 8, 31)).spans == (Span(600, 1140),)
    assert day_of(known, date(2026, 9, 7)).spans == (Span(540, 600),)


def test_a_single_date_in_the_text_is_an_exception_too():
    found = day_of(place('Mo-Su 10:00-19:00; 2026 Dec 30 off "учёт"'), date(2026, 12, 30))

    assert (found.spans, found.reason, found.note) == ((), Reason.EXCEPTION, "учёт")
