"""The map page as its visitors use it."""

import io
import json
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from mapping.models import City
from tests.browser.pages import line_widths, press_while_arriving, wait_for_frames

PHONE = {"width": 390, "height": 844}
SMALLEST_PHONE = {"width": 320, "height": 568}
EAST = "Восточный район"
# Discs that are neither dots nor clear of every label.
CUT_DISCS = """() => {
  const boxes = [...document.querySelectorAll('.area-label:not([data-form=none]) > *')]
    .map((node) => node.getBoundingClientRect());
  const overlap = (one, other) =>
    one.left < other.right && other.left < one.right &&
    one.top < other.bottom && other.top < one.bottom;
  return [...document.querySelectorAll('.pin:not(.pin-small, .is-covered)')]
    .filter((pin) => boxes.some((box) => overlap(box, pin.getBoundingClientRect()))).length;
}"""


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def printed_by_the_command(name: str) -> dict:
    output = io.StringIO()
    question = ("--city", "town", "--kind", "library", "--minutes", "15", "--format", "json")
    call_command("analyse", "coverage", *question, stdout=output)
    answer = json.loads(output.getvalue())
    return next(row for row in answer["territories"] if row["name"] == name)


def test_opens_with_the_answer_the_ranking_and_the_map(open_map):
    atlas = open_map().wait_for_map()

    expect(atlas.headline).to_contain_text("60")
    expect(atlas.page.locator(".rank-row .rank-name").first).to_have_text(re.compile(EAST))
    expect(atlas.areas).to_have_count(2)
    expect(atlas.pins).not_to_have_count(0)
    expect(atlas.page.locator("#legend .legend-entries li").first).to_be_visible()


def test_a_district_shows_the_number_that_the_command_prints(open_map):
    atlas = open_map().wait_for_map()
    printed = printed_by_the_command(EAST)

    row = atlas.row(EAST)
    assert digits(row.locator(".rank-people").inner_text()) == str(round(printed["uncovered"]))
    row.click()

    expect(atlas.card_title).to_have_text(re.compile(EAST))
    far = atlas.card.locator(".figure-item", has=atlas.page.locator(".swatch-uncovered"))
    assert digits(far.locator("dd").inner_text()) == str(round(printed["uncovered"])) == "400"


def test_layers_switch_and_the_link_remembers_them(open_map):
    atlas = open_map().wait_for_map()
    atlas.switch_layer("institutions")

    expect(atlas.pins).to_have_count(0)
    atlas.page.reload()
    expect(atlas.areas.first).to_be_attached()
    expect(atlas.pins).to_have_count(0)
    atlas.switch_layer("institutions")
    expect(atlas.pins).not_to_have_count(0)


def test_another_question_brings_another_answer_and_back_returns(open_map):
    atlas = open_map().wait_for_map()
    before = atlas.headline.inner_text()
    atlas.choice("kind").select_option("museum")

    expect(atlas.headline).not_to_have_text(before)
    assert "kind=museum" in atlas.query()
    atlas.page.go_back()
    expect(atlas.headline).to_have_text(before)
    expect(atlas.choice("kind")).to_have_value("library")


def test_a_row_and_its_territory_light_each_other(open_map):
    atlas = open_map().wait_for_map()
    calm = line_widths(atlas.areas)
    atlas.row(EAST).hover()
    assert max(line_widths(atlas.areas)) > max(calm)

    atlas.page.locator(".bar").hover()
    atlas.areas.last.dispatch_event("mouseover")
    expect(atlas.page.locator("#panel-list .is-hovered")).to_have_count(1)


def test_an_answer_that_arrives_under_a_press_does_not_swallow_it(open_map):
    atlas = open_map().wait_for_map()
    late = []
    atlas.page.route("**/panel/**", lambda route: late.append(route))
    atlas.choice("kind").select_option("museum")
    press_while_arriving(atlas.page, atlas.row(EAST), late)

    expect(atlas.card_title).to_have_text(re.compile(EAST))


def test_layers_that_arrive_under_a_press_do_not_swallow_it(open_map):
    atlas = open_map().wait_for_map()
    late = []
    atlas.page.route("**/layers.json*", lambda route: late.append(route))
    atlas.open_layers()
    atlas.choice("kind").select_option("museum")
    press_while_arriving(atlas.page, atlas.layer("institutions"), late)

    expect(atlas.pins).to_have_count(0)
    expect(atlas.layer("institutions")).not_to_be_checked()
    assert "layers=" in atlas.query()


def test_the_whole_city_stays_in_a_window_of_another_size(open_map):
    atlas = open_map().wait_for_map()
    atlas.page.set_viewport_size({"width": 800, "height": 600})

    for area in atlas.areas.all():
        expect(area).to_be_in_viewport(ratio=0.99)
    assert "at=" not in atlas.query()


def test_a_shared_link_opens_its_card(open_map):
    first = open_map().wait_for_map()
    first.row(EAST).click()
    expect(first.card_title).to_be_visible()

    second = open_map(first.query())
    expect(second.card_title).to_have_text(first.card_title.inner_text())


def test_the_keyboard_alone_is_enough(open_map):
    atlas = open_map().wait_for_map()
    atlas.page.keyboard.press("/")
    expect(atlas.choice("kind")).to_be_focused()

    atlas.row(EAST).focus()
    atlas.page.keyboard.press("ArrowDown")
    atlas.page.keyboard.press("ArrowUp")
    expect(atlas.row(EAST)).to_be_focused()
    atlas.page.keyboard.press("Enter")
    expect(atlas.card_title).to_be_focused()
    atlas.page.keyboard.press("Escape")
    expect(atlas.card).to_have_count(0)
    expect(atlas.row(EAST)).to_be_focused()


def test_the_map_can_be_skipped(open_map):
    atlas = open_map()
    atlas.page.keyboard.press("Tab")
    skip = atlas.page.locator(".skip")
    expect(skip).to_be_focused()
    skip.press("Enter")
    expect(atlas.sheet).to_be_focused()


def test_the_other_language_keeps_the_question(open_map):
    atlas = open_map("?kind=museum&minutes=15").wait_for_map()
    atlas.page.locator("[data-language]").click()

    expect(atlas.page.locator("html")).to_have_attribute("lang", "en")
    expect(atlas.choice("kind")).to_have_value("museum")
    assert "/en/town/" in atlas.page.url
    expect(atlas.page.locator("#layers summary").first).to_have_text("Layers")


def test_the_sheet_of_a_phone_has_three_stops(open_map):
    atlas = open_map(viewport=PHONE, has_touch=True).wait_for_map()
    heights = []
    for stop in ("peek", "half", "full"):
        atlas.page.evaluate("stop => { document.body.dataset.stop = stop }", stop)
        heights.append(atlas.sheet.bounding_box()["height"])

    assert heights == sorted(heights)
    assert heights[0] < 0.3 * PHONE["height"] < heights[1] < 0.7 * PHONE["height"] < heights[2]
    atlas.handle.press("ArrowDown")
    expect(atlas.page.locator("body")).to_have_attribute("data-stop", "half")
    atlas.handle.press("ArrowDown")
    expect(atlas.page.locator("body")).to_have_attribute("data-stop", "peek")
    expect(atlas.headline).to_be_in_viewport()


def test_a_thumb_pulls_the_sheet(open_map):
    atlas = open_map(viewport=PHONE).wait_for_map()
    box = atlas.handle.bounding_box()
    mouse = atlas.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] + box["width"] / 2, 80, steps=5)
    mouse.up()
    expect(atlas.page.locator("body")).to_have_attribute("data-stop", "full")


@pytest.mark.parametrize("path", ["/town/", "/en/town/", "/town/about/"])
def test_nothing_scrolls_sideways_on_the_smallest_phone(open_map, path):
    atlas = open_map(path=path, viewport=SMALLEST_PHONE)
    assert not atlas.scrolls_sideways()


def test_the_smallest_phone_reaches_every_page_from_a_menu(open_map):
    page = open_map(viewport=SMALLEST_PHONE).page

    page.locator(".bar-more summary").click()
    page.locator(".bar-more").get_by_text("О данных").click()
    expect(page).to_have_url(re.compile("/town/about/"))


def test_the_badge_of_invented_data_holds_its_words(open_map, site):
    City.objects.update(synthetic=True)
    badge = open_map(viewport=SMALLEST_PHONE).page.locator(".map-badge")

    expect(badge).to_be_visible()
    assert badge.evaluate("(node) => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize(("path", "unit"), [("/town/", "к?м"), ("/en/town/", "k?m")])
def test_the_scale_speaks_the_language_of_the_page(open_map, path, unit):
    scale = open_map(path=path).wait_for_map().page.locator(".leaflet-control-scale-line")

    expect(scale).to_have_text(re.compile(rf"^\d+ {unit}$"))


def test_no_disc_is_cut_by_a_label(open_map):
    atlas = open_map().wait_for_map()
    expect(atlas.pins.first).to_be_visible()
    wait_for_frames(atlas.page)

    assert atlas.page.evaluate(CUT_DISCS) == 0


def test_targets_of_a_phone_suit_a_thumb(open_map):
    atlas = open_map(viewport=PHONE, has_touch=True).wait_for_map()
    targets = atlas.page.locator(".bar a:visible, .bar button:visible, .float-title, .rank-row")
    for target in targets.all():
        assert target.bounding_box()["height"] >= 44, target.inner_text()


def test_without_scripts_the_list_still_answers(open_map):
    atlas = open_map(java_script_enabled=False)

    expect(atlas.page.locator(".map-frame")).to_be_hidden()
    expect(atlas.row(EAST)).to_be_visible()
    atlas.choice("kind").select_option("museum")
    atlas.page.locator(".question button").click()
    assert "kind=museum" in atlas.page.url
    expect(atlas.headline).to_be_visible()
    atlas.row("Западный район").click()
    expect(atlas.page.locator(".card-title")).to_have_text(re.compile("Западный район"))


def test_the_version_for_people_with_low_vision_stays(open_map):
    atlas = open_map().wait_for_map()
    atlas.page.locator("[data-contrast]").click()
    expect(atlas.page.locator("html")).to_have_attribute("data-look", "contrast")
    atlas.page.reload()
    expect(atlas.page.locator("html")).to_have_attribute("data-look", "contrast")
    atlas.wait_for_map().page.locator("[data-contrast]").click()
    expect(atlas.page.locator("html")).not_to_have_attribute("data-look", "contrast")
