"""A timetable on the planner's pages: its days, what of it was left out, and what is not said."""

import pytest
from django.utils import translation

from layers import findings, planner_form, timetables
from mapping.errors import NoServiceError
from mapping.importers.gtfs_feed import NOTICES
from mapping.models import AnalysisRun
from mapping.services.measures import answer
from mapping.services.timetables import keep_feed
from tests.mapping.services.test_transit import write_feed

ASKED = {"kind": "library", "minutes": "15"}
WALKING = {"from_time", "until_time", "date", "percentile", "max_walk_minutes"}


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.NETWORK_DIR = tmp_path / "networks"
    settings.TIMETABLE_DIR = tmp_path / "timetables"


@pytest.fixture
def bus(town, tmp_path):
    """A bus that runs all year, and never on the first of January."""
    holiday = "service_id,date,exception_type\nall,20260101,2\n"
    return keep_feed(town, write_feed(tmp_path / "bus.zip", calendar_dates=holiday))


def test_the_form_starts_from_the_first_weekday_of_the_timetable(town, bus):
    form = planner_form.form(town, "transit", {"kind": "library"})

    assert form["by"]["date"]["value"] == "2026-01-02"


def test_a_question_without_a_day_is_about_the_first_weekday(town, bus):
    assert planner_form.question(town, "transit", ASKED | {"feed": bus}).date == "2026-01-02"


def test_a_day_outside_the_timetable_is_refused_at_the_door(town, bus):
    with pytest.raises(NoServiceError):
        planner_form.question(town, "transit", ASKED | {"feed": bus, "date": "2027-03-01"})


def test_without_a_timetable_nothing_is_said_of_departures(town):
    run = answer(town, "transit", ASKED)

    with translation.override("en"):
        labels = {label for label, value in findings.parameters(run)}
        departures = {str(findings.fields.field(name, "transit").label) for name in WALKING}
    assert not labels & departures
    assert findings.unknown(run) == []


def test_with_a_timetable_its_day_and_window_are_told(town, bus):
    run = answer(town, "transit", ASKED | {"feed": bus, "date": "2026-03-03"})

    with translation.override("en"):
        assert ("Date", "03.03.2026") in findings.parameters(run)


def test_stops_far_from_streets_are_told():
    told = {"timetable": {"stops": 300, "stops_off_streets": 12, "notices": []}}

    with translation.override("en"):
        said = timetables.remarks(AnalysisRun(summary=told))
    assert said == ["12 stops of 300 are far from any street and are not counted."]


@pytest.mark.parametrize("code", NOTICES)
def test_every_notice_of_the_reader_has_words(code):
    told = {"timetable": {"stops": 3, "notices": [{"code": code, "count": 1200}]}}

    with translation.override("en"):
        said = timetables.remarks(AnalysisRun(summary=told))[0]
    assert said.startswith("1,200 ")
    assert code not in said.split(":")[0]
