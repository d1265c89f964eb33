"""Sixty per cent of the town live within 15 minutes: what if one walks slower or faster?"""

import pytest

from mapping.errors import ParameterError
from mapping.models import PopulationUnit
from tests.factories import make_unit


def test_the_share_is_that_of_coverage(town, ask):
    make_unit(town.sources.get(), "outside", 2950, 500)

    band = ask(town, "uncertainty", kind="library", draws=20).summary["headline"]
    total = ask(town, "coverage", kind="library").summary["totals"]["district"]

    assert total["outside"] == 500
    assert band["share"] == pytest.approx(total["share"])


def test_slow_walkers_reach_less(town, ask):
    # The house at 1,000 m is 15 minutes away at 4 km/h, the one at 1,500 m 16.4 at 5.5 km/h.
    summary = ask(town, "uncertainty", kind="library", minutes=17, draws=40).summary

    assert summary["headline"]["low"] == pytest.approx(0.6)
    assert summary["headline"]["high"] == pytest.approx(0.75)
    assert summary["parts"]["positions"] == {"low": 0.6, "median": 0.6, "high": 0.6}
    assert summary["parts"]["population"] == summary["parts"]["positions"]
    assert summary["assumptions"]["variation"] is None


def test_modelled_people_and_streets_without_numbers_widen_the_band(town, ask):
    # Beside the house at 250 m the library would reach the one at 1,500 m within 17 minutes.
    make_unit(town.sources.get(), "corner", 250, 50)
    town.institutions.update(position_accuracy="street")
    PopulationUnit.objects.update(modelled=True)

    run = ask(town, "uncertainty", kind="library", minutes=17)

    widths = {row.values["source"]: row.values["width"] for row in run.rows.all()}
    assert widths["positions"] > 0
    # Totals of districts stay, and each is wholly within or wholly beyond the walk.
    assert widths["population"] == pytest.approx(0, abs=1e-9)
    assert run.summary["assumptions"]["block_m"] == 500


def test_equal_seeds_give_equal_bands(town, ask):
    first = ask(town, "uncertainty", kind="library", minutes=17, seed=3)
    town.institutions.update(position_accuracy="building")

    again = ask(town, "uncertainty", kind="library", minutes=17, seed=3)

    assert again.pk != first.pk
    assert again.summary["headline"] == first.summary["headline"]


@pytest.mark.parametrize("given", [{"draws": 5}, {"draws": 10**6}, {"seed": -1}])
def test_nonsense_is_refused(town, ask, given):
    with pytest.raises(ParameterError):
        ask(town, "uncertainty", kind="library", **given)
