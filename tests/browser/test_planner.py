"""The planner's page as a planner uses it, who has never seen a map with layers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CONTEXT
from tests.browser.pages import line_widths, map_box, wait_for_map
from tests.browser.traffic import settle
from tests.factories import point_at

PHONE = {"width": 390, "height": 844}
SMALLEST_PHONE = {"width": 320, "height": 568}
PLANNER = "/town/planner/"
EAST = "Восточный район"


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def written(east_m: float) -> str:
    """A place on the town's street as a person types it."""
    place = point_at(east_m)
    return f"{place.y:.5f}, {place.x:.5f}"


@pytest.fixture
def open_planner(open_map):
    def visit(query: str = "", path: str = PLANNER, **options) -> Page:
        return open_map(query, path=path, **options).page

    return visit


def headline(page: Page):
    return page.locator("#planner .result-headline")


def calculate(page: Page) -> Page:
    page.locator(".planner-question button[type=submit]").click()
    expect(page.locator("#planner .result")).to_be_visible(timeout=20_000)
    return page


def open_scenario(page: Page) -> Page:
    """Wait until the map and today's figures are there."""
    wait_for_map(page)
    expect(page.locator("[data-slot=effect] table").first).to_be_visible(timeout=20_000)
    return page


def add_by_keyboard(page: Page, place: str) -> None:
    page.locator("details:has([data-add]) > summary").press("Enter")
    page.locator("[data-add] [name=place]").fill(place)
    page.locator("[data-add] [name=place]").press("Enter")


def test_a_question_is_calculated_and_its_link_brings_the_answer_back(open_planner):
    page = calculate(open_planner("?kind=museum&minutes=10"))

    said = headline(page).inner_text()
    assert "run=" in page.url
    row = page.locator(".ranked tbody tr").first
    expect(row.locator(".ranked-name")).to_contain_text("район")
    again = open_planner(page.evaluate("location.search"))
    expect(headline(again)).to_have_text(said)


def test_the_answer_that_is_stored_comes_without_asking(open_planner):
    page = open_planner("?kind=library&minutes=15")

    expect(headline(page)).to_contain_text("60")
    expect(page.locator(".ranked tbody tr").first.locator(".ranked-name")).to_contain_text(EAST)
    expect(page.locator(".leaflet-choropleth-pane path")).to_have_count(2)


def test_a_row_and_its_territory_light_each_other(open_planner):
    page = open_planner("?kind=library&minutes=15")
    wait_for_map(page)
    areas = page.locator(".leaflet-choropleth-pane path")
    expect(areas).to_have_count(2)
    page.locator(".ranked-pick", has_text=EAST).click()

    expect(page.locator(".ranked tr:has(.is-selected)")).to_have_count(1)
    assert "sel=district:" in page.url
    widths = line_widths(areas)
    assert max(widths) > min(widths)


def test_back_returns_to_the_answer_before(open_planner):
    page = open_planner("?kind=library&minutes=15")
    before = headline(page).inner_text()
    page.locator("select[name=kind]").select_option("museum")
    calculate(page)

    expect(headline(page)).not_to_have_text(before)
    page.go_back()
    expect(headline(page)).to_have_text(before)
    expect(page.locator("select[name=kind]")).to_have_value("library")


def test_other_tables_of_the_answer_are_one_press_away(open_planner):
    page = open_planner("?kind=library&minutes=15")
    page.locator(".switch-choice", has_text="ТОС").click()

    expect(page.locator(".switch-choice[aria-current]")).to_contain_text("ТОС")
    expect(page.locator(".ranked tbody")).to_contain_text("Заречный")


def test_the_chosen_places_are_on_the_map_and_in_the_table(open_planner):
    page = open_planner("?tab=siting&candidates=existing:all&sites=2")
    calculate(page)

    expect(page.locator(".pick")).to_have_count(2)
    expect(page.locator(".ranked tbody tr")).to_have_count(2)
    page.locator(".ranked-pick").first.click()
    expect(page.locator(".pick.is-selected")).to_have_count(1)


def test_a_place_opened_by_keyboard_shows_who_gains(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    add_by_keyboard(page, written(1750))

    expect(headline(page)).to_have_text(re.compile("ещё 400"))
    assert "changes=open:" in page.url
    again = open_planner(page.evaluate("location.search"))
    expect(headline(again)).to_have_text(re.compile("ещё 400"))


def test_seats_are_set_in_the_list_and_weighed_at_once(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    add_by_keyboard(page, written(1750))
    page.locator("[data-said=capacity]").fill("40")
    page.locator("[data-said=capacity]").press("Enter")

    seats = page.locator("[data-slot=effect] tbody tr").last
    expect(seats).to_contain_text("40")
    assert page.url.endswith(":40") or ":40&" in page.url
    expect(page.locator("[data-slot=effect-more]")).to_contain_text("E2SFCA")


def test_a_closed_library_shows_who_loses_and_opens_again(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    before = headline(page).inner_text()
    page.locator(".pin-kept").click()

    expect(headline(page)).to_have_text(re.compile("окажутся 600"))
    page.locator(".pin-closed").click()
    expect(headline(page)).to_have_text(before)
    page.go_back()
    expect(headline(page)).to_have_text(re.compile("окажутся 600"))


def test_the_effect_is_told_while_a_pin_is_dragged(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    add_by_keyboard(page, written(0))
    expect(headline(page)).to_have_text(re.compile("Ни для кого"))
    pin = page.locator(".pin-opened").bounding_box()
    others = page.locator(".pin-kept").bounding_box()
    assert abs(pin["x"] - others["x"]) < 10
    page.mouse.move(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 2)
    page.mouse.down()
    east = page.evaluate("document.getElementById('map').clientWidth") * 0.4
    page.mouse.move(pin["x"] + east / 2, pin["y"], steps=8)
    page.mouse.move(pin["x"] + east, pin["y"] + pin["height"] / 2, steps=8)

    expect(headline(page)).to_have_text(re.compile("окажутся ещё"))
    before_drop = page.url
    page.mouse.up()
    expect(headline(page)).to_have_text(re.compile("окажутся ещё"))
    assert page.url != before_drop


def test_a_press_on_the_map_opens_a_place(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    box = map_box(page)
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)

    expect(page.locator(".pin-opened")).to_have_count(1)
    expect(page.locator(".change")).to_have_count(1)
    page.locator("button[data-undo]").click()
    expect(page.locator(".pin-opened")).to_have_count(0)


def test_a_scenario_is_saved_renamed_and_compared_with_today(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    add_by_keyboard(page, written(1750))
    page.locator("form[data-save] [name=name]").fill("Восток")
    page.locator("form[data-save] button").click()

    expect(page.locator(".scenario-name")).to_have_text("Восток")
    expect(headline(page)).to_have_text(re.compile("ещё 400"), timeout=20_000)
    page.once("dialog", lambda dialog: dialog.accept("Восточная ветвь"))
    page.locator("[data-rename]").click()
    expect(page.locator(".scenario-name")).to_have_text("Восточная ветвь")
    page.locator("[data-compared]").check()
    page.locator("[data-compare] button[type=submit]").click()
    expect(page.locator(".compared").first).to_contain_text("Восточная ветвь")
    expect(page.locator(".compared").first.locator(".delta-better").first).to_have_text("+400")


def test_a_place_that_is_no_place_is_told_beside_the_field(open_planner):
    page = open_scenario(open_planner("?tab=whatif&kind=library&minutes=15"))
    add_by_keyboard(page, "у реки")

    expect(page.locator("[data-slot=add-problem]")).to_contain_text("55.03")
    expect(page.locator(".change")).to_have_count(0)


def test_a_refused_question_is_told_in_words_and_the_page_stays(browser: Browser, site: str):
    page = browser.new_page(**CONTEXT)
    page.goto(f"{site}{PLANNER}?tab=siting&candidates=existing:all")
    page.locator("[name=sites]").fill("0")
    page.locator(".planner-question button[type=submit]").click()

    expect(page.locator("[data-slot=problem]")).to_be_visible()
    expect(page.locator(".progress")).to_be_hidden()
    expect(page.locator("[name=sites]")).to_have_value("0")
    settle(page.context)
    page.close()


def test_without_scripts_the_question_is_still_answered(open_planner):
    page = open_planner("?kind=museum&minutes=15", java_script_enabled=False)
    page.locator(".planner-question button[type=submit]").click()

    expect(headline(page)).to_be_visible()
    expect(page.locator(".ranked tbody tr")).to_have_count(2)


def test_the_other_language_keeps_the_answer(open_planner):
    page = open_planner("?kind=library&minutes=15")
    page.locator("[data-language]").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(headline(page)).to_contain_text("60")
    expect(page.locator(".tabs-tab[aria-current]")).to_have_text("Who lacks it")


@pytest.mark.parametrize("query", ["?kind=library&minutes=15", "?tab=whatif", "?tab=siting"])
def test_nothing_scrolls_sideways_on_the_smallest_phone(open_planner, query):
    page = open_planner(query, viewport=SMALLEST_PHONE)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("moment", ["", "&open_at=tu-10:00"])
def test_targets_of_a_phone_suit_a_thumb(open_planner, moment):
    page = open_planner(f"?kind=library&minutes=15{moment}", viewport=PHONE, has_touch=True)
    targets = page.locator(".tabs-tab, .planner-question select, .planner-question button")
    for target in targets.filter(visible=True).all():
        assert target.bounding_box()["height"] >= 44, target.inner_text()
