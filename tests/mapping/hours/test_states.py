from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mapping.hours import (
    DayException,
    Reason,
    WeeklyRule,
    is_open_at_weekday,
    state_at,
)
from tests.mapping.hours.places import HELSINKI, NOVOSIBIRSK, at, naive_is_open, place

TEXTS = st.sampled_from(
    [
        "Mo-Fr 10:00-19:00; Sa off",
        "Mo-Fr 09:00-13:00,14:00-18:00; PH off",
        "Mo-Th 18:00-01:00; Fr-Sa 18:00-03:00; Su off; Fr[-1] off",
        "Mo-Su 10:00-24:00; PH off",
        "24/7; Mo[1] off",
        "Tu-Su 00:00-02:00,20:00-26:00",
        "May-Sep 08:00-23:00; Oct-Apr Sa-Su 10:00-16:00",
        "Mo-Fr 10:00-19:00 unknown; Sa 10:00-16:00",
        "",
    ]
)
# around midnights, month ends, the first days of January and the changes of the clock
MOMENTS = st.builds(
    lambda day, minute: datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute),
    st.one_of(
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        st.sampled_from(
            [
                date(2026, 1, 1),
                date(2026, 1, 8),
                date(2026, 5, 9),
                date(2026, 3, 29),
                date(2026, 10, 25),
                date(2026, 11, 27),
                date(2026, 12, 31),
            ]
        ),
    ),
    st.one_of(st.integers(0, 1439), st.sampled_from([0, 1, 59, 60, 179, 180, 1439])),
)


@settings(deadline=None)
@given(TEXTS, MOMENTS, st.sampled_from([NOVOSIBIRSK, HELSINKI]))
@example("Mo-Su 10:00-24:00; PH off", datetime(2026, 12, 31, 23, 59), NOVOSIBIRSK)
def test_agrees_with_a_walk_from_minute_to_minute(text, moment, where):
    schedule = place(text, locality=where)
    local = moment.replace(tzinfo=ZoneInfo(where.timezone))
    state = state_at(schedule, local)

    assert state.is_open is naive_is_open(schedule, moment)
    if state.is_open is None or state.until is None:
        return
    until = state.until.replace(tzinfo=None)
    assert until > moment
    if until - moment < timedelta(days=4):
        step, total = timedelta(minutes=1), int((until - moment).total_seconds()) // 60
        for minute in {*range(min(total, 90)), *range(0, total, 37), total - 1}:
            assert naive_is_open(schedule, moment + step * minute) in {state.is_open, None}
    assert naive_is_open(schedule, until) is not state.is_open


@settings(deadline=None)
@given(TEXTS, MOMENTS)
def test_the_clock_is_that_of_the_city_wherever_one_asks_from(text, moment):
    local = moment.replace(tzinfo=ZoneInfo("Asia/Novosibirsk"))

    assert state_at(place(text), local) == state_at(place(text), local.astimezone(UTC))


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(0, 1439), TEXTS)
def test_an_ordinary_week_knows_no_holiday_and_no_sanitary_day(weekday, minute, text):
    ordinary = text.replace("; PH off", "").replace("; Fr[-1] off", "").replace("; Mo[1] off", "")
    schedule = place(text, as_of=date(2026, 1, 7))
    day = date(2026, 1, 18) + timedelta(days=weekday)  # in an ordinary week of the same season
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)

    assert is_open_at_weekday(schedule, weekday, minute) is naive_is_open(place(ordinary), moment)


@pytest.mark.parametrize(
    ("text", "moment", "is_open", "until", "reason"),
    [
        ("Mo-Fr 09:00-13:00,14:00-18:00", "2026-11-23 13:30", False, "2026-11-23 14:00", "lunch"),
        ("Mo-Fr 09:00-13:00,14:00-18:00", "2026-11-23 12:35", True, "2026-11-23 13:00", "lunch"),
        ("Mo-Fr 09:00-13:00,14:00-18:00", "2026-11-27 18:00", False, "2026-11-30 09:00", ""),
        ("Mo-Fr 10:00-19:00; Fr[-1] off", "2026-11-27 12:00", False, "2026-11-30 10:00", "monthly"),
        ("Mo-Su 10:00-19:00; PH off", "2026-01-08 12:00", False, "2026-01-10 10:00", "holiday"),
        ("Mo-Su 10:00-19:00; PH off", "2026-05-09 12:00", False, "2026-05-10 10:00", "holiday"),
        ("Fr-Sa 22:00-04:00; Su off", "2026-11-22 03:59", True, "2026-11-22 04:00", ""),
        ("Fr-Sa 22:00-04:00; Su off", "2026-11-22 04:00", False, "2026-11-27 22:00", ""),
        ("May-Sep 10:00-20:00", "2026-11-22 03:00", False, "2027-05-01 10:00", ""),
        ("24/7", "2026-11-22 03:00", True, None, ""),
        ("24/7; We off", "2026-11-24 12:00", True, "2026-11-25 00:00", ""),
        ("как придёте", "2026-11-22 03:00", None, None, "unknown"),
        ('"по записи"', "2026-11-22 03:00", None, "2026-11-23 00:00", "unknown"),
    ],
)
def test_states_as_a_visitor_meets_them(text, moment, is_open, until, reason):
    state = state_at(place(text), at(moment))

    assert (state.is_open, state.reason) == (is_open, reason)
    assert state.until == (at(until) if until else None)


def test_closes_soon_within_an_hour():
    library = place("Mo-Su 10:00-19:00")

    assert not state_at(library, at("2026-11-23 18:00")).closes_soon
    assert state_at(library, at("2026-11-23 18:01")).closes_soon


def test_what_does_not_work_is_closed_without_promise():
    state = state_at(place("24/7", is_working=False), at("2026-11-23 12:00"))

    assert (state.is_open, state.next_open, state.reason) == (False, None, Reason.SUSPENDED)
    assert is_open_at_weekday(place("24/7", is_working=False), 1, 0) is False


def test_one_day_closed_by_hand_ends_the_round_the_clock():
    closed = DayException(date=date(2026, 11, 24), note="отключение воды")
    state = state_at(place("24/7", exceptions=(closed,)), at("2026-11-23 12:00"))

    assert state.until == at("2026-11-24 00:00")


def test_hours_past_midnight_of_a_rule_survive_the_closed_day_after():
    club = place(rules=(WeeklyRule(weekday=6, opens=22 * 60, closes=4 * 60),))

    assert state_at(club, at("2026-11-22 03:00")).is_open
    assert is_open_at_weekday(club, 7, 3 * 60) is True
    assert is_open_at_weekday(club, 7, 4 * 60) is False


def test_no_promise_is_made_beyond_a_day_that_is_not_known():
    perhaps = place("Mo 10:00-19:00; Tu unknown; We-Su 10:00-19:00")

    assert state_at(perhaps, at("2026-11-23 20:00")).next_open is None


def test_an_hour_the_spring_takes_is_not_lost_in_the_count():
    bar = place("Sa 22:00-05:00", locality=HELSINKI)
    state = state_at(bar, at("2026-03-29 02:30", HELSINKI))

    assert state.until == at("2026-03-29 05:00", HELSINKI)


def test_a_night_of_23_hours_ends_sooner_than_the_clock_says():
    club = place("Mo-Su 20:00-04:30", locality=HELSINKI)

    # At three the clock jumps to four: 45 minutes are left.
    state = state_at(club, at("2026-03-29 02:45", HELSINKI))

    assert state.closes_soon
    assert state.until == at("2026-03-29 04:30", HELSINKI)
