import pytest

from mapping.errors import HoursError
from mapping.hours.mkrf import read_working_schedule
from mapping.hours.syntax import parse_hours

TEN_TO_SIX = {"from": "10:00:00", "to": "18:00:00"}


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        ({str(day): TEN_TO_SIX for day in range(1, 7)}, "Tu-Su 10:00-18:00"),
        (
            {"0": TEN_TO_SIX, "1": {"from": "12:00", "to": "02:00"}, "2": {}, "4": TEN_TO_SIX},
            "Mo 10:00-18:00; Tu 12:00-02:00; Fr 10:00-18:00",
        ),
        ({"0": {"from": 36_000_000, "to": 64_800_000}}, "Mo 10:00-18:00"),
        ({"0.from": "10:00", "0.to": "18:00", "1.from": "", "1.to": ""}, "Mo 10:00-18:00"),
        ({"6": {"from": 0, "to": 86_400_000}}, "Su 00:00-24:00"),
        ({"6": {"from": "00:00", "to": "24:00"}, "5": None}, "Su 00:00-24:00"),
    ],
)
def test_a_working_schedule_becomes_opening_hours(schedule, text):
    assert read_working_schedule(schedule) == text
    assert parse_hours(text) == text


@pytest.mark.parametrize(
    "schedule",
    [
        {},
        {"0": {}},
        {"7": TEN_TO_SIX},
        {"0": {"from": "10:00"}},
        {"0": {"from": "25:00", "to": "26:00"}},
        {"0": {"from": "10:75", "to": "18:00"}},
        {"0": {"from": "10:00:99", "to": "18:00:00"}},
        {"0": {"from": "24:00", "to": "10:00"}},
        {"0": {"from": "00:00", "to": "00:00"}},
        {"0": {"from": 0, "to": 0}, "1": TEN_TO_SIX},
        {"0": {"from": 36_000, "to": 64_800}},
        {"monday": TEN_TO_SIX},
        {"0": "10:00-18:00"},
    ],
)
def test_refuses_what_has_no_plain_meaning(schedule):
    with pytest.raises(HoursError, match="wanted"):
        read_working_schedule(schedule)
