"""Hours as people really write them: the extract of Helsinki, where it is at hand."""

from collections import Counter
from datetime import datetime, timedelta

import osmium
import pytest
from opening_hours import OpeningHours

from mapping.errors import HoursError
from mapping.hours import parse_hours, state_at
from mapping.hours.spans import spans_of_day
from tests.mapping.hours.places import HELSINKI, at, place


@pytest.fixture(scope="module")
def given(shared_data) -> Counter[str]:
    extract = shared_data / "helsinki" / "Helsinki.osm.pbf"
    if not extract.exists():
        pytest.skip("the extract of Helsinki is not at hand")
    reader = osmium.FileProcessor(str(extract))
    tagged = reader.with_filter(osmium.filter.KeyFilter("opening_hours"))
    return Counter(thing.tags["opening_hours"] for thing in tagged)


def is_read(text: str) -> bool:
    try:
        parse_hours(text)
    except HoursError:
        return False
    return True


def test_nearly_all_are_read(given):
    read = sum(count for text, count in given.items() if is_read(text))
    assert read > 0.97 * given.total()


def test_plain_ones_are_as_the_parser_alone_has_them(given):
    """Without holidays, comments and nights that meet another rule there is one meaning only."""
    plain = [
        text
        for text in given
        if is_read(text) and parse_hours(text) == text and not set('"+|[H,').intersection(text)
    ]
    start = datetime(2026, 11, 20)
    compared = 0
    for text in plain:
        alone = OpeningHours(text, auto_country=False, auto_timezone=False)
        nights = [
            spans_of_day(text, HELSINKI, start.date() + timedelta(days=n), frozenset())
            for n in range(7)
        ]
        if any(span.closes > 1440 for day in nights for span in day or ()):
            continue
        compared += 1
        for hour in range(0, 24 * 8, 3):
            moment = start + timedelta(hours=hour)
            state = state_at(place(text, locality=HELSINKI), at(str(moment), HELSINKI))
            assert state.is_open is alone.is_open(moment), (text, moment)
    assert compared > 100
