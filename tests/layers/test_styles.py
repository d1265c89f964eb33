"""Classes that a person can say aloud, and a legend that tells the truth about the unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import styles
from layers.styles import Classes, classify, count_classes, round_breaks, sayable


def test_a_value_on_a_break_belongs_below():
    assert classify([0, 5, 5.1, 15, 31], styles.MINUTE_BREAKS).tolist() == [
        0,
        0,
        1,
        2,
        5,
    ]


def test_no_data_and_no_path_are_unknown_not_zero():
    assert classify([math.nan, math.inf], (10,)).tolist() == [-1, -1]
    assert styles.SHARE_UNCOVERED.index(None) == styles.UNKNOWN
    assert styles.SHARE_UNCOVERED.color(None) == styles.UNKNOWN_COLOR


def test_dark_is_worse():
    colors = [styles.SHARE_UNCOVERED.color(share) for share in (0.0, 0.2, 0.4, 0.6, 0.9)]

    brightness = [sum(bytes.fromhex(color[1:])) for color in colors]
    assert brightness == sorted(brightness, reverse=True)


def test_legend_names_every_class_and_the_unknown_last():
    entries = Classes((10, 20), ("#111111", "#222222", "#333333")).entries(
        lambda lower, upper: f"{lower}–{upper}", "no data"
    )

    assert [entry.label for entry in entries] == [
        "None–10",
        "10–20",
        "20–None",
        "no data",
    ]
    assert entries[-1].as_json() == {
        "label": "no data",
        "color": styles.UNKNOWN_COLOR,
        "shape": "hatch",
        "unknown": True,
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, 0), (0.7, 0.5), (1.3, 1), (3.1, 2), (3.3, 5), (8, 10), (870, 1000)],
)
def test_round_numbers(value, said):
    assert sayable(value) == pytest.approx(said)


def test_counts_are_cut_in_round_numbers():
    assert round_breaks(range(1, 1001), 5) == (200, 500, 1000)


def test_no_people_means_one_class():
    assert count_classes([0, math.nan]).breaks == ()


def test_colours_must_fit_the_breaks():
    with pytest.raises(ValueError, match="got 2 colours, wanted 3"):
        Classes((1, 2), ("#111111", "#222222"))
    with pytest.raises(ValueError, match="wanted rising numbers"):
        Classes((2, 1), ("#111111", "#222222", "#333333"))


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_every_invented_count_gets_a_colour_of_the_legend(values):
    classes = count_classes(values)

    assert {classes.color(value) for value in values} <= set(classes.palette)
