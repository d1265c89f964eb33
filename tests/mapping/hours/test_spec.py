from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mapping.hours import DayException, Schedule, WeeklyRule, day_of
from mapping.hours.spec import SCHEMA_DAYS, to_osm, to_schema_org
from tests.mapping.hours.places import naive_is_open, place

FIRST = date(2026, 6, 1)
TEXTS = st.sampled_from(["Mo-Fr 09:00-17:00; PH off; Fr[-1] off", "Mo-Su 20:00-02:00"])
ANY_TEXTS = TEXTS | st.sampled_from(
    [
        "",
        "каждый день",
        '"по записи"',
        'Mo-Fr 10:00-18:00 || "по записи"',
        "Mo-Fr 10:00-19:00 unknown; Sa 10:00-16:00; 2026 Jun 12 off",
        "SH off; Mo-Fr 10:00-11:00",
        "Jul-Aug off; Tu-Su sunrise-sunset",
    ]
)


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
def seasons(draw):
    """Weeks of the year, and of periods that may overlap, be equally long, or have no end."""
    rules = draw(weeks()) if draw(st.booleans()) else ()
    for starts, days in draw(
        st.lists(st.tuples(st.integers(-20, 60), st.sampled_from([20, 20, 45, None])), max_size=3)
    ):
        first = FIRST + timedelta(days=starts)
        last = None if days is None else first + timedelta(days=days)
        first, last = draw(st.sampled_from([(first, last), (None, last)]))
        rules += draw(weeks(valid_from=first, valid_to=last))
    return rules


@st.composite
def single_days(draw):
    found = draw(
        st.lists(
            st.tuples(
                st.dates(FIRST, FIRST + timedelta(days=90)),
                st.sampled_from([(None, None), (0, 1439), (720, 1439), (1200, 120), (0, 0)]),
                st.sampled_from(["", 'учёт "фонда"', "санитарный день; вход со двора"]),
            ),
            max_size=4,
        )
    )
    return tuple(
        DayException(date=day, opens=opens, closes=closes, note=note)
        for day, (opens, closes), note in found
    )


@st.composite
def schedules(draw, texts=TEXTS, **more) -> Schedule:
    return place(draw(texts), rules=draw(seasons()), exceptions=draw(single_days()), **more)


def spans(schedule, day):
    found = day_of(schedule, day).spans
    return None if found is None else joined((span.opens, span.closes) for span in found)


def joined(stretches):
    """In order; one that goes on where another ends is the same."""
    found = []
    for opens, closes in sorted(stretches):
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], closes))
        else:
            found.append((opens, closes))
    return found


@settings(deadline=None)
@given(schedules())
def test_openstreetmap_says_the_same_days(schedule):
    told = place(to_osm(schedule))

    for number in range(120):
        day = FIRST + timedelta(days=number)
        assert spans(told, day) == spans(schedule, day)
    assert to_osm(told) == told.text


@settings(deadline=None)
@given(schedules(texts=ANY_TEXTS), st.dates(FIRST, FIRST + timedelta(days=100)))
def test_openstreetmap_says_the_same_minutes_known_or_not(schedule, day):
    told = place(to_osm(schedule))

    for minute in range(0, 1440, 10):
        moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
        assert naive_is_open(told, moment) is naive_is_open(schedule, moment)


@settings(deadline=None, max_examples=25)
@given(schedules(texts=ANY_TEXTS, is_working=False))
def test_what_does_not_work_is_told_closed_on_every_day(schedule):
    assert to_osm(schedule) == "off"


def test_a_summer_a_sanitary_day_and_a_day_by_hand_in_one_text():
    summer = {"valid_from": date(2026, 6, 1), "valid_to": date(2026, 8, 31)}
    known = place(
        "Mo-Su 10:00-19:00; Fr[-1] off",
        rules=tuple(
            WeeklyRule(weekday=day, opens=660, closes=closes, **summer)
            for day, closes in ((1, 1080), (2, 1080), (6, 0))
        ),
        exceptions=(DayException(date=date(2026, 12, 30), note="учёт"),),
    )

    assert to_osm(known) == (
        "Mo-Su 10:00-19:00; Fr[-1] off; "
        "2026 Jun 01-2026 Aug 31 off; 2026 Jun 01-2026 Aug 31 Mo-Tu 11:00-18:00; "
        "2026 Jun 01-2026 Aug 31 Sa 11:00-24:00; "
        '2026 Dec 30 off "учёт"'
    )


def test_days_that_nothing_speaks_of_are_unknown_and_not_closed():
    closed = DayException(date=date(2026, 12, 30))

    assert to_osm(place("", exceptions=(closed,))) == "unknown; 2026 Dec 30 off"
    assert to_osm(place("каждый день", exceptions=(closed,))) == "unknown; 2026 Dec 30 off"
    assert to_osm(place("")) == to_osm(place("каждый день")) == ""


def test_years_that_no_reader_knows_and_periods_that_end_before_they_begin_say_nothing():
    rule = {"weekday": 1, "opens": 600, "closes": 1080}
    slips = (
        WeeklyRule(**rule, valid_from=date(226, 6, 1), valid_to=date(226, 8, 31)),
        WeeklyRule(**rule, valid_from=date(2026, 8, 31), valid_to=date(2026, 6, 1)),
    )
    since = WeeklyRule(**rule, valid_from=date(226, 6, 1))

    assert to_osm(place("24/7", rules=slips)) == "24/7"
    assert to_osm(place("24/7", exceptions=(DayException(date=date(226, 6, 1)),))) == "24/7"
    assert to_osm(place(rules=(since,))) == (
        "unknown; 1970 Jan 01+ off; 1970 Jan 01+ Mo 10:00-18:00"
    )


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
    return joined(found)


def to_the_end_of_the_day(stretches):
    """23:59 is how schema.org says midnight."""
    return [(opens, 1440 if closes == 1439 else closes) for opens, closes in stretches]


@settings(deadline=None, max_examples=25)
@given(schedules())
def test_schema_org_says_the_same_days(schedule):
    answer = to_schema_org(schedule, FIRST)

    for number in range(120):
        day = FIRST + timedelta(days=number)
        told, known = read_schema_org(answer, day), spans(schedule, day)
        assert to_the_end_of_the_day(told) == to_the_end_of_the_day(known)


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
    assert to_schema_org(place("24/7", is_working=False), FIRST) == {}
