from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given

from mapping.errors import ParameterError, UnknownNameError
from nearby.asking import Asked, Origin, days_of, read
from tests.nearby.towns import questions


@given(questions())
def test_what_is_written_is_read_again(asked):
    assert read(QueryDict(asked.query())) == asked


def test_a_link_carries_where_from():
    asked = Asked(origin=Origin(55.03, 82.92, "улица Ватутина"), show="events", page=3)

    assert read(QueryDict(asked.query())) == asked


def test_values_may_stand_apart_or_together():
    together, apart = QueryDict("kind=library,museum"), QueryDict("kind=library&kind=museum")

    assert read(together) == read(apart) == Asked(kinds=("library", "museum"))


def test_names_of_others_are_left_alone():
    assert read(QueryDict("sel=institution:1&at=55,82,12&lang=en")) == Asked()


@pytest.mark.parametrize(
    "query",
    [
        "from=here",
        "from=55",
        "from=91,82",
        "from=nan,82",
        "from=55,181",
        "from=1,2,3",
        "age=-1",
        "age=7.5",
        "age=old",
        "minutes=1e309",
        "minutes=-5",
        "date=2026-02-30",
        "date=yesterday",
        "district=1%27%20OR%201=1",
        "district=99999999999999999999",
        "page=0",
        "page=1000000",
        "page=000000000001" + "9" * 25,
        "district=000000000001" + "9" * 25,
        "q=" + "x" * 201,
        "q=%00",
        "from=55,82&place=%1b",
        "kind=" + ",".join(f"k{number}" for number in range(99)),
    ],
)
def test_nonsense_is_refused_with_what_was_wanted(query):
    with pytest.raises(ParameterError, match="wanted"):
        read(QueryDict(query))


@pytest.mark.parametrize("query", ["show=all", "access=ladder", "also=everything", "open=maybe"])
def test_unknown_names_are_refused(query):
    with pytest.raises(UnknownNameError):
        read(QueryDict(query))


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        ("2026-06-04", "2026-06-06", "2026-06-07"),  # a Thursday
        ("2026-06-06", "2026-06-06", "2026-06-07"),
        ("2026-06-07", "2026-06-07", "2026-06-07"),
        ("2026-06-08", "2026-06-13", "2026-06-14"),
    ],
)
def test_the_weekend_is_this_one_or_the_next(today, first, last):
    wanted = date.fromisoformat(first), date.fromisoformat(last)

    assert days_of("weekend", date.fromisoformat(today)) == wanted
