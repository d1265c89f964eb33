"""The exported map is one file that asks nobody for anything."""

import re

import pytest
from django.utils import translation

from layers import folium_export
from mapping.errors import UnknownNameError


@pytest.fixture
def page(choice):
    with translation.override("en"):
        return folium_export.render(choice.run, choice.level)


def test_nothing_is_loaded_from_elsewhere(page):
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", page)

    assert loaded
    assert all(address.startswith("data:") for address in loaded)
    assert "url(http" not in page
    assert "@import" not in page


def test_it_says_what_it_shows(page):
    assert "60% of residents live within 15 minutes" in page
    assert "over 75%" in page
    assert "1 of 1 libraries has a position" in page
    assert "Survey of the town" in page


def test_names_written_by_many_hands_are_no_code(run):
    run.city.districts.update(name="<img src=x onerror=alert(1)>")

    assert "<img src=x" not in folium_export.render(run, "district")


def test_its_other_tables_are_layers_that_can_be_switched_on(page):
    assert re.search(r'"By map cell" : feature_group_\w+', page)
    assert "Colours of the other layers" in page


def test_a_table_that_is_no_map_is_refused_with_those_that_are(choice):
    with pytest.raises(UnknownNameError, match="district"):
        folium_export.render(choice.run, "lorenz")
