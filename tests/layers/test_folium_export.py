"""The exported map is one file that asks nobody for anything."""

import re

import pytest
from django.utils import translation

from layers import choice as choices
from layers import folium_export


@pytest.fixture
def page(choice):
    with translation.override("en"):
        return folium_export.render(choice)


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


def test_levels_of_every_sort_can_be_exported(run):
    for level in choices.LEVELS:
        assert "<html" in folium_export.render(choices.of_run(run, {"by": level}))
