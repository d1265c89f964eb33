"""Layers out of vector tiles, as the visitor of a map meets them."""

import re

import pytest
from playwright.sync_api import expect

from mapping.models import City, Institution
from mapping.services import tile_pyramids
from mapping.services.editing import mark_changed
from tests.browser.pages import MapPage, map_box
from tests.browser.traffic import settle
from tests.factories import make_institution, make_kind, point_at


def around(east_m: float, zoom: int) -> str:
    point = point_at(east_m)
    return f"at={point.y:.6f},{point.x:.6f},{zoom}"


def press_middle(page) -> None:
    box = map_box(page)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture
def crowded(site):
    """A hundred places close together, in tiles that hold ten points."""
    town = City.objects.get()
    source = town.sources.get()
    for number in range(100):
        kind = make_kind("museum" if number % 4 == 0 else "library")
        make_institution(source, f"crowd-{number}", 3000 + 3 * number, kind=kind)
    mark_changed([town.pk])


def test_a_pin_opens_its_card(open_map):
    atlas = open_map(f"?layers=institutions&{around(0, 15)}")
    atlas.pins.first.click()

    expect(atlas.card_title).to_have_text(re.compile("Библиотека west"))
    expect(atlas.page.locator(".pin.is-selected")).to_have_count(1)


def test_a_row_lights_its_pin(open_map):
    atlas = open_map(f"?layers=institutions&{around(0, 15)}")
    expect(atlas.pins.first).to_be_visible()
    atlas.row("Библиотека west").hover()

    expect(atlas.page.locator(".pin.is-hovered")).to_have_count(1)


def test_what_is_pressed_is_the_outlined_territory_above_the_coloured_one(open_map):
    atlas = open_map(f"?layers=coverage,tos&{around(300, 15)}").wait_for_map()
    settle(atlas.page.context)
    press_middle(atlas.page)

    expect(atlas.card_title).to_have_text(re.compile("Заречный"))
    expect(atlas.page.locator(".leaflet-outline-pane path")).not_to_have_count(0)


def test_an_outlined_territory_says_its_name_under_the_pointer(open_map):
    atlas = open_map(f"?layers=tos&{around(300, 15)}")
    expect(atlas.page.locator(".leaflet-outline-pane canvas").first).to_be_attached()
    settle(atlas.page.context)
    atlas.page.locator("#map").hover()

    expect(atlas.page.locator(".tip-outline .tip-name")).to_have_text("Заречный")


def test_crowded_places_are_counted_and_a_press_comes_nearer(open_map, crowded, monkeypatch):
    monkeypatch.setattr(tile_pyramids, "POINTS_IN_TILE", 10)
    atlas = open_map(f"?layers=institutions&{around(3150, 11)}")
    counts = atlas.page.locator(".pin-count")
    expect(counts.first).to_be_visible()
    settle(atlas.page.context)
    # Libraries were asked about; the museums among them are dots.
    total = sum(int(text) for text in counts.all_text_contents())

    assert 70 <= total <= Institution.objects.filter(kind__code="library").count()
    atlas.page.locator(".pin", has=counts.first).first.click()
    expect(atlas.page).to_have_url(re.compile(r"at=[\d.]+,[\d.]+,1[2-9]"))


def test_tiles_that_do_not_come_are_said_and_asked_for_again(browser, site):
    page = browser.new_page()
    page.route("**/tiles/town/institutions/**", lambda route: route.abort())
    page.goto(f"{site}/town/?layers=institutions&{around(0, 15)}")
    message = page.locator(".map-message")
    expect(message).to_be_visible()
    page.unroute("**/tiles/town/institutions/**")
    message.locator("button").click()

    expect(MapPage(page).pins.first).to_be_visible()
    expect(message).to_be_hidden()
    settle(page.context)
    page.close()
