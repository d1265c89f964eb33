from datetime import date, timedelta

import pytest
from django.utils import translation

from layers import hours
from mapping.hours import DayException, Locality, state_at
from tests.mapping.hours.places import HELSINKI, at, place


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def said(text, moment, **more):
    schedule = place(text, **more)
    return hours.words(state_at(schedule, at(moment)), at(moment))


@pytest.mark.parametrize(
    ("text", "moment", "words"),
    [
        ("Mo-Su 10:00-19:00", "2026-11-23 12:00", "Open until 19:00"),
        ("Mo-Su 10:00-19:00", "2026-11-23 18:35", "Closes in 25 minutes"),
        ("Mo-Su 10:00-19:00", "2026-11-23 18:59", "Closes in 1 minute"),
        ("Mo-Su 10:00-02:00", "2026-11-23 23:30", "Open until 02:00"),
        ("24/7", "2026-11-23 12:00", "Open round the clock"),
        ("24/7; We off", "2026-11-23 12:00", "Open until 25 November, 00:00"),
        (
            "Mo-Fr 09:00-13:00,14:00-18:00",
            "2026-11-23 09:30",
            "Open until 13:00, then a break until 14:00",
        ),
        (
            "Mo-Fr 09:00-13:00,14:00-18:00",
            "2026-11-23 12:35",
            "Closes for a break in 25 minutes",
        ),
        ("Mo-Fr 09:00-13:00,14:00-18:00", "2026-11-23 13:10", "Break until 14:00"),
        ("Mo-Su 10:00-19:00", "2026-11-23 08:00", "Closed, opens at 10:00"),
        ("Mo-Su 10:00-19:00", "2026-11-23 20:00", "Closed, opens tomorrow at 10:00"),
        ("Mo-Fr 10:00-19:00", "2026-11-20 20:00", "Closed, opens on Monday at 10:00"),
        ("May-Sep 10:00-19:00", "2026-11-20 20:00", "Closed, opens on 1 May at 10:00"),
        (
            "Mo-Su 10:00-19:00; Fr[-1] off",
            "2026-11-27 12:00",
            "Closed today for the monthly cleaning day, opens tomorrow at 10:00",
        ),
        (
            "Mo-Su 10:00-19:00; PH off",
            "2026-05-09 12:00",
            "Closed for the holiday, opens tomorrow at 10:00",
        ),
        ("off", "2026-05-09 12:00", "Closed"),
        ("по будням", "2026-05-09 12:00", "Opening hours are not known"),
        ('"by appointment"', "2026-05-09 12:00", "Opening hours: by appointment"),
    ],
)
def test_the_state_as_said_at_the_door(text, moment, words):
    assert said(text, moment) == words


def test_a_reason_given_by_hand_is_told():
    closed = DayException(date=date(2026, 11, 23), note="отключение воды")
    words = said("Mo-Su 10:00-19:00", "2026-11-23 12:00", exceptions=(closed,))

    assert words == "Closed today: отключение воды, opens tomorrow at 10:00"


def test_who_has_a_telephone_is_called():
    unknown = place("")
    state = state_at(unknown, at("2026-11-23 12:00"))

    assert hours.words(state, at("2026-11-23 12:00"), has_phone=True).endswith("please call")
    assert hours.tone(state) == "unknown"


def test_the_rules_are_read_as_a_door_plate_says_them():
    with translation.override("ru"):
        assert hours.rules_in_words("Mo-Fr 10:00-20:00; Sa off") == "Пн–Пт 10:00–20:00; Сб закрыто"
        assert hours.rules_in_words("Fr[-1] off") == "Пт в конце месяца закрыто"


def test_the_week_marks_today_and_what_differs():
    concert = DayException(date=date(2026, 11, 25), opens=720, closes=900, note="concert")
    library = place("Mo-Fr 10:00-13:00,14:00-18:00; Fr[-1] off", exceptions=(concert,))
    block = hours.describe(library, at("2026-11-24 12:00"))

    assert [line.hours for line in block.days] == [
        "10:00–13:00, 14:00–18:00",
        "10:00–13:00, 14:00–18:00",
        "12:00–15:00",
        "10:00–13:00, 14:00–18:00",
        "closed",
        "closed",
        "closed",
    ]
    assert [line.is_today for line in block.days].index(True) == 1
    assert [line.name for line in block.days if line.differs] == ["We", "Fr"]
    assert [line.note for line in block.days if line.differs] == ["concert", "monthly cleaning day"]


def test_on_a_sunday_the_coming_sanitary_day_is_told():
    block = hours.describe(place("Mo-Fr 10:00-18:00; Fr[-1] off"), at("2026-11-22 12:00"))

    assert [line.date for line in block.coming] == [date(2026, 11, 27)]
    assert not any(line.differs for line in block.days)


def test_a_holiday_the_rules_do_not_name_is_told():
    block = hours.describe(place("Mo-Su 10:00-19:00"), at("2026-11-04 12:00"))

    assert block.headline == "Open until 19:00"
    assert block.remark == "Today is a holiday (Unity Day): the hours may differ"
    assert block.days[2].note == "Unity Day: the hours may differ"


def test_a_text_nobody_can_read_is_shown_as_given():
    block = hours.describe(place("по будням с <10>"), at("2026-11-04 12:00"))

    assert (block.tone, block.days, block.said) == ("unknown", (), "по будням с <10>")


def test_seven_times_by_appointment_need_no_table():
    block = hours.describe(place('"by appointment"'), at("2026-11-23 12:00"))

    assert (block.headline, block.days) == ("Opening hours: by appointment", ())


def test_seven_days_round_the_clock_need_no_table():
    assert (
        hours.describe(
            place("24/7", locality=Locality(timezone="Asia/Novosibirsk")), at("2026-11-23 12:00")
        ).days
        == ()
    )


@pytest.mark.parametrize("ahead", range(8))
def test_every_day_of_the_week_has_its_word(ahead):
    opening = at("2026-11-23 10:00", HELSINKI) + timedelta(days=ahead)
    text = f"{opening:%Y %b %d} 10:00-11:00"
    words = hours.words(
        state_at(place(text, locality=HELSINKI), at("2026-11-23 09:00", HELSINKI)),
        at("2026-11-23 09:00", HELSINKI),
    )

    assert words.endswith("at 10:00")
