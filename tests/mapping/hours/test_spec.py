from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.hours import DayException, Schedule, WeeklyRule, day_of
from mapping.hours.spec import SCHEMA_DAYS, to_osm, to_schema_org
from tests.mapping.hours.places import place

FIRST = date(2026, 6, 1)
TIMES = st.sampled_from([0, 60, 9 * 60, 13 * 60, 14 * 60 + 30, 22 * 60, 23 * 60 + 59])


@st.composite
def weeks(draw, **period):
    """Weekly rules without overlaps: a morning and perhaps a night on some days."""
    rules = []
    for weekday in draw(st.sets(st.integers(1, 7), min_size=1)):
        rules.append(
            WeeklyRule(
                weekday=weekday, opens=600, closes=draw(st.sampled_from([840, 1080])), **period
            )
        )
        if draw(st.booleans()):
            closes = draw(st.sampled_from([1380, 60, 240]))
            rules.append(WeeklyRule(weekday=weekday, opens=1320, closes=closes, **period))
    return tuple(rules)


@st.composite
def schedules(draw) -> Schedule:
    starts = FIRST + timedelta(days=draw(st.integers(0, 60)))
    ends = starts + timedelta(days=draw(st.integers(7, 60)))
    rules = draw(weeks()) if draw(st.booleans()) else ()
    if draw(st.booleans()):
        rules += draw(weeks(valid_from=starts, valid_to=ends))
    exceptions = {
        day: DayException(date=day, opens=opens, closes=None if opens is None else 1439, note=note)
        for day, opens, note in draw(
            st.lists(
                st.tuples(
                    st.dates(FIRST, FIRST + timedelta(days=90)),
                    st.sampled_from([None, 0, 720]),
                    st.sampled_from(["", 'учёт "фонда"']),
                ),
                max_size=4,
            )
        )
    }
    text = draw(st.sampled_from(["Mo-Fr 09:00-17:00; PH off; Fr[-1] off", "Mo-Su 20:00-02:00"]))
    return place(text, rules=rules, exceptions=tuple(exceptions.values()))


def spans(schedule, day):
    found = day_of(schedule, day).spans
    return None if found is None else [(span.opens, span.closes) for span in found]


@settings(deadline=None)
@given(schedules())
def test_openstreetmap_says_the_same_days(schedule):
    told = place(to_osm(schedule))

    for number in range(120):
        day = FIRST + timedelta(days=number)
        assert spans(told, day) == spans(schedule, day)
    assert to_osm(told) == told.text


def read_schema_org(answer, day):
    """What a reader of schema.org makes of a day: special days first, then the season's week."""
    special = [
        line
        for line in answer.get("specialOpeningHoursSpecification", ())
        if line["validFrom"] <= day.isoformat() <= line["validThrough"]
    ]
    lines = special or [
        line
        for line in answer["openingHoursSpecification"]
        if SCHEMA_DAYS[day.weekday()] in line["dayOfWeek"]
        and line.get("validFrom", "") <= day.isoformat() <= line.get("validThrough", "9999")
    ]
    found = []
    for line in lines:
        opens, closes = (
            int(line[end][:2]) * 60 + int(line[end][3:]) for end in ("opens", "closes")
        )
        if opens != closes:
            found.append((opens, closes if closes > opens else closes + 1440))
    return sorted(found)


@settings(deadline=None, max_examples=25)
@given(schedules())
def test_schema_org_says_the_same_days(schedule):
    answer = to_schema_org(schedule, FIRST)

    for number in range(120):
        day = FIRST + timedelta(days=number)
        assert read_schema_org(answer, day) == spans(schedule, day)


def test_a_plain_week_needs_no_dates():
    answer = to_schema_org(place("Mo-Fr 10:00-13:00,14:00-24:00"), FIRST)

    assert answer == {
        "openingHoursSpecification": [
            {
                "@type": "OpeningHoursSpecification",
                "opens": opens,
                "closes": closes,
                "dayOfWeek": list(SCHEMA_DAYS[:5]),
            }
            for opens, closes in (("10:00", "13:00"), ("14:00", "23:59"))
        ]
    }


def test_holidays_and_sanitary_days_are_special():
    answer = to_schema_org(place("Mo-Su 10:00-19:00; PH off; Fr[-1] off"), date(2026, 12, 20))
    closed = [line["validFrom"] for line in answer["specialOpeningHoursSpecification"][:4]]

    assert closed == ["2026-12-25", "2026-12-31", "2027-01-01", "2027-01-02"]


def test_what_is_not_known_is_not_written():
    perhaps = ("Mo-Fr 10:00+", 'Mo-Fr 10:00-18:00; PH "по записи"', "24/7; 2026 Jun 12 unknown")
    for text in ("", "каждый день", '"по записи"', *perhaps):
        assert to_schema_org(place(text), FIRST) == {}
    assert to_osm(place("каждый день")) == ""
    assert to_schema_org(place("24/7", is_working=False), FIRST) == {}
