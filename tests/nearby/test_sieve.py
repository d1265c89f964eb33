from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearby import bits
from nearby.answer import widen
from nearby.asking import EMPTY, Asked
from nearby.facets import form
from tests.nearby.towns import (
    EventFacts,
    PlaceFacts,
    Town,
    naive_events,
    naive_places,
    questions,
    sieve_of,
    towns,
)

INF = float("inf")
LIBRARY = PlaceFacts("library", 1, True, (True, None, None, True), 5)
MUSEUM = PlaceFacts("museum", 2, None, (None, None, None, None), 40)
CLOSED = PlaceFacts("library", 2, False, (False, None, None, False), 12)
TALE = EventFacts(0, 3, 2, 6, True, None, 5)
CONCERT = EventFacts(1, 30, None, 16, False, True, 40)
TOWN = Town([LIBRARY, MUSEUM, CLOSED], [TALE, CONCERT])


def members(mask):
    return list(bits.members(mask))


@settings(deadline=None)
@given(towns(), questions())
def test_agrees_with_a_reader_who_looks_at_everything(town, asked):
    sieve = sieve_of(town)

    assert members(sieve.passing(asked, "places")) == naive_places(town, asked)
    assert members(sieve.passing(asked, "events")) == naive_events(town, asked)


@settings(deadline=None, max_examples=40)
@given(towns(), questions())
def test_every_option_says_how_many_would_remain(town, asked):
    shown = form(sieve_of(town), asked, "places")
    options = {
        (group["name"], option["value"]): option["count"]
        for group in [*shown["quick"], *shown["more"]]
        for option in group["options"]
    }

    assert options["open", "1"] == len(naive_places(town, replace(asked, is_open=True)))
    assert options["free", "1"] == len(naive_places(town, replace(asked, free=True)))
    assert options["minutes", "15"] == len(naive_places(town, replace(asked, minutes=15)))
    assert options["district", "2"] == len(naive_places(town, replace(asked, district=2)))
    if town.events:
        assert options["date", "weekend"] == len(naive_places(town, replace(asked, day="weekend")))
    if asked.access == ():
        wheelchair = replace(asked, access=("wheelchair",))
        assert options["access", "wheelchair"] == len(naive_places(town, wheelchair))


@settings(deadline=None, max_examples=60)
@given(towns(), questions(), st.sampled_from(["places", "events"]))
def test_an_empty_answer_is_widened_whenever_there_is_anything(town, asked, shelf):
    sieve = sieve_of(town)

    shown = widen(sieve, asked, shelf)

    if sieve.count(EMPTY, shelf):
        assert sieve.count(shown, shelf)
    if sieve.count(asked, shelf):
        assert shown == asked


def test_unknown_is_not_no_and_is_told():
    sieve = sieve_of(TOWN)

    assert members(sieve.passing(Asked(is_open=True), "places")) == [0]
    assert sieve.hidden_as_unknown(Asked(is_open=True), "places") == {"hours": 1}
    assert members(sieve.passing(Asked(is_open=True, also=("hours",)), "places")) == [0, 1]


def test_a_place_passes_by_what_is_on_there():
    sieve = sieve_of(TOWN)

    assert members(sieve.passing(Asked(free=True, age="7"), "places")) == [0]
    assert members(sieve.passing(Asked(free=True, age="5"), "places")) == []


def test_minutes_grow_before_any_filter_is_given_up():
    sieve = sieve_of(TOWN)

    assert widen(sieve, Asked(kinds=("museum",), minutes=5), "places") == Asked(
        kinds=("museum",), minutes=60
    )


def test_the_least_important_filter_goes_first():
    shown = widen(sieve_of(TOWN), Asked(kinds=("museum",), free=True, pushkin=True), "places")

    assert shown.kinds == ("museum",)
    assert not shown.free


@pytest.mark.parametrize(("shelf", "order"), [("places", [0, 2, 1]), ("events", [0, 1])])
def test_the_nearest_come_first(shelf, order):
    assert sieve_of(TOWN).order(shelf) == order


def test_what_cannot_be_walked_to_comes_last():
    town = Town([replace_minutes(LIBRARY, INF), MUSEUM], [])

    assert sieve_of(town).order("places") == [1, 0]


def replace_minutes(place, minutes):
    return place._replace(minutes=minutes)
