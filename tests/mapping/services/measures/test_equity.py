"""Six hundred of a thousand people share one library, four hundred have none within 15 minutes."""

import math

import pytest

from mapping.errors import UnknownNameError
from tests.factories import make_tos
from tests.mapping.services.measures.conftest import by_district

ASKED = {"kind": "library", "method": "2sfca", "minutes": 15}


def test_inequality_of_the_town(town, ask):
    headline = ask(town, "equity", **ASKED).summary["headline"]

    assert headline["gini"] == pytest.approx(0.4)
    assert headline["theil"] == pytest.approx(math.log(1 / 0.6))
    assert headline["theil_between"] == pytest.approx(headline["theil"])
    assert headline["palma"] is None
    assert headline["palma_infinite"] is True


def test_parts_of_the_districts_add_up(town, ask):
    run = ask(town, "equity", **ASKED)

    rows = by_district(run)
    parts = sum(row["theil_part"] for row in rows.values())
    assert parts == pytest.approx(run.summary["headline"]["theil"])
    assert rows["Западный район"]["access_share"] == pytest.approx(1)
    assert rows["Восточный район"]["people_share"] == pytest.approx(0.4)
    assert rows["Восточный район"]["mean_minutes"] == pytest.approx(
        (150 * 18.75 + 250 * 25) / 400, rel=2e-3
    )


def test_the_curve_runs_from_nothing_to_everything(town, ask):
    points = [
        (row.values["people_share"], row.values["access_share"])
        for row in ask(town, "equity", **ASKED).rows.filter(table="lorenz")
    ]

    assert (points[0], points[-1]) == ((0, 0), (1, 1))
    assert points == sorted(points)


def test_what_lies_outside_every_tos_keeps_its_part(town, ask):
    make_tos(town.sources.get(), "Заречный", -100, 600)

    run = ask(town, "equity", **ASKED, level="tos")

    inside = run.rows.get(table="tos").values["theil_part"]
    headline = run.summary["headline"]
    assert inside + headline["theil_outside"] == pytest.approx(headline["theil"])


def test_an_unknown_level_is_refused(town, ask):
    with pytest.raises(UnknownNameError, match="district, tos"):
        ask(town, "equity", **ASKED, level="street")
