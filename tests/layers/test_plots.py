"""Plots: what is equal looks equal, and nothing leaves its frame."""

import pytest

from layers.plots import HEIGHT, WIDTH, Bar, bars, lorenz


def draw(points):
    return lorenz(points, title="T", desc="D", x_label="people", y_label="access")["svg"]


def test_equal_shares_lie_on_the_straight_line():
    svg = draw([(0, 0), (0.5, 0.5), (1, 1)])
    line = next(each for each in svg["lines"] if each["class"] == "plot-equal")
    middle = ((line["x1"] + line["x2"]) / 2, (line["y1"] + line["y2"]) / 2)

    assert f"L{middle[0]:g},{middle[1]:g} " in svg["paths"][1]["d"]


def test_a_curve_stays_in_its_frame():
    svg = draw([(0, 0), (0.9, 0.01), (1, 1)])
    numbers = [
        tuple(float(part) for part in pair.lstrip("ML").split(","))
        for pair in svg["paths"][1]["d"].split()
    ]

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in numbers)


def test_bars_are_as_long_as_their_figures():
    drawn = bars([Bar("a", 50, "50"), Bar("b", 100, "100")], title="T", desc="D")["svg"]["bars"]

    assert drawn[0]["width"] == pytest.approx(drawn[1]["width"] / 2, abs=0.1)
    assert drawn[0]["y"] + drawn[0]["height"] < drawn[1]["y"]


def test_bars_of_nothing_have_no_length():
    drawn = bars([Bar("a", 0, "0")], title="T", desc="D")["svg"]["bars"]

    assert drawn[0]["width"] == 0
