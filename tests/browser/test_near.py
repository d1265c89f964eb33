"""The resident's page as its visitors use it."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import CONTEXT, is_complaint
from tests.browser.near_town import near_site, origin  # noqa: F401
from tests.browser.pages import HELD_MS, held, map_box, press_while_arriving
from tests.browser.test_accessibility import AXE, complaints
from tests.browser.traffic import settle

NEAR = "/town/near/"
PHONE = {"width": 390, "height": 844}
SMALLEST_PHONE = {"width": 320, "height": 568}
MOST_TABS = 80
# As long as a finger rests on a key.


@pytest.fixture
def open_near(browser: Browser, near_site: str) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Open the page; whatever it did wrong on the way fails the test at its end."""
    contexts, wrongs = [], []

    def stay_at_home(route):
        if urlsplit(route.request.url).hostname in {"localhost", "127.0.0.1"}:
            route.continue_()
        else:
            wrongs.append(f"left the machine: {route.request.url}")
            route.abort()

    def visit(query: str = "", path: str = NEAR, **options) -> Page:
        context = browser.new_context(**CONTEXT | options)
        contexts.append(context)
        context.route("**/*", stay_at_home)
        page = context.new_page()
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on(
            "console",
            lambda said: wrongs.append(said.text) if is_complaint(said) else None,
        )
        page.goto(f"{near_site}{path}{query}")
        return page

    yield visit
    for context in contexts:
        settle(context)
        context.close()
    assert wrongs == []


def rows(page: Page) -> Locator:
    return page.locator("[data-list=places] .near-item")


def row(page: Page, name: str) -> Locator:
    return rows(page).filter(has_text=name).locator("[data-pick]")


def names(page: Page) -> list[str]:
    return [each.strip() for each in rows(page).locator(".place-name").all_inner_texts()]


def card_title(page: Page) -> Locator:
    return page.locator("#panel-card .card-title")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until `wanted` has the focus, as one without a mouse does."""
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted}: not reached in {MOST_TABS} presses of Tab")


def test_a_resident_finds_an_open_library_without_steps_by_keyboard_alone(open_near):
    page = open_near()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("Ватутина")
    option = page.get_by_role("option", name=re.compile("улица Ватутина"))
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".near-title")).to_contain_text("улица Ватутина")
    expect(rows(page).first).to_contain_text("Библиотека у лестницы")

    tab_to(page, "input[name=open]")
    page.keyboard.press("Space")
    expect(page.locator("input[name=open]")).to_be_focused()
    tab_to(page, "input[name=access][value=wheelchair]")
    page.keyboard.press("Space")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("Библиотека Чехова")

    tab_to(page, "[data-pick]")
    page.keyboard.press("Enter")
    expect(card_title(page)).to_be_focused()
    expect(card_title(page)).to_have_text("Библиотека Чехова")
    expect(page.locator("#panel-card .hours")).to_contain_text("10:00–20:00")
    expect(page.locator("#panel-card")).to_contain_text("Громкие чтения")
    page.keyboard.press("Escape")
    expect(page.locator("[data-pick][data-type=institution]").first).to_be_focused()


@pytest.mark.parametrize("means", ["key", "mouse"])
def test_an_answer_that_arrives_under_a_press_does_not_swallow_it(open_near, means):
    page = open_near(f"?from={origin()}")
    page.locator("input[name=open]").focus()
    late = []
    page.route("**/near/?*open=1*", lambda route: late.append(route), times=1)
    page.keyboard.press("Space")
    chip = page.locator(".chip", has=page.locator("input[name=access][value=wheelchair]"))
    page.locator("input[name=access][value=wheelchair]").focus()

    if means == "key":
        page.keyboard.down("Space")
    else:
        chip.hover()
        page.mouse.down()
    with page.expect_response("**/near/?*open=1*"):
        held(page, late).continue_()
    page.wait_for_timeout(HELD_MS)
    if means == "key":
        page.keyboard.up("Space")
    else:
        page.mouse.up()

    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("Библиотека Чехова")
    assert "open=1" in page.url
    assert "access=wheelchair" in page.url


def test_suggestions_that_arrive_under_a_press_do_not_swallow_it(open_near):
    page = open_near()
    page.locator("#q").press_sequentially("Ват")
    option = page.get_by_role("option", name=re.compile("улица Ватутина"))
    expect(option).to_be_visible()
    late = []
    page.route("**/search.json*", lambda route: late.append(route))
    page.keyboard.type("ут")
    press_while_arriving(page, option, late)

    expect(page.locator(".near-title")).to_contain_text("улица Ватутина")


def test_going_back_before_an_answer_came_leaves_the_list_of_the_address(open_near):
    page = open_near(f"?from={origin()}")
    before = names(page)
    late = []
    page.route("**/near/?*open=1*", lambda route: late.append(route), times=1)
    page.locator("input[name=open]").focus()
    page.keyboard.press("Space")
    answer = held(page, late)
    page.go_back()
    answer.continue_()

    expect(page.locator("input[name=open]")).not_to_be_checked()
    assert "open=1" not in page.url
    page.wait_for_timeout(HELD_MS)
    assert names(page) == before


def test_enter_never_opens_what_was_found_for_older_letters(browser, near_site):  # noqa: F811
    """Not `open_near`: here the console is to complain that the search did not answer."""
    context = browser.new_context(**CONTEXT)
    page = context.new_page()
    page.goto(f"{near_site}{NEAR}")
    page.locator("#q").fill("Ватутина")
    expect(page.get_by_role("option", name=re.compile("улица Ватутина"))).to_be_visible()
    page.route("**/search.json*", lambda route: route.fulfill(body="nothing of use"))

    page.locator("#q").fill("Чехова")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Поиск не ответил")).to_be_visible()
    expect(page).to_have_url(f"{near_site}{NEAR}")
    context.close()


def test_the_list_goes_by_minutes_on_foot_and_the_map_shows_the_same(open_near):
    page = open_near(f"?from={origin()}")

    assert names(page)[:3] == ["Библиотека у лестницы", "Библиотека Чехова", "Утренняя библиотека"]
    expect(rows(page).first.locator(".near-walk")).to_contain_text("1")
    expect(page.locator(".origin")).to_have_count(1)
    expect(page.locator(".leaflet-marker-pane .pin")).not_to_have_count(0)


def test_a_filter_changes_list_counts_address_and_map_and_back_returns(open_near):
    page = open_near(f"?from={origin()}")
    before = rows(page).count()
    page.locator(".chip", has=page.locator("input[name=open]")).click()

    expect(rows(page)).to_have_count(2)
    assert "open=1" in page.url
    page.go_back()
    expect(rows(page)).to_have_count(before)
    expect(page.locator("input[name=open]")).not_to_be_checked()
    page.go_forward()
    expect(rows(page)).to_have_count(2)
    page.reload()
    expect(rows(page)).to_have_count(2)


def test_a_chosen_place_shows_its_card_and_the_way_to_it(open_near):
    page = open_near(f"?from={origin()}")
    row(page, "Библиотека Чехова").click()

    expect(card_title(page)).to_have_text("Библиотека Чехова")
    expect(page.locator("path.walk-line")).to_have_count(1)
    expect(page.locator(".walk-label")).to_contain_text("мин")
    assert re.search(r"sel=institution:\d+", page.url)
    page.locator("#panel-card [data-back]").click()
    expect(page.locator("path.walk-line")).to_have_count(0)
    expect(rows(page).first).to_be_visible()


def test_a_shared_link_opens_the_same_card_near_the_same_place(open_near):
    first = open_near(f"?from={origin()}")
    row(first, "Библиотека Чехова").click()
    expect(card_title(first)).to_be_visible()
    second = open_near(urlsplit(first.url).query and f"?{urlsplit(first.url).query}")

    expect(card_title(second)).to_have_text("Библиотека Чехова")
    expect(second.locator("path.walk-line")).to_have_count(1)


def test_a_row_and_its_pin_light_each_other(open_near):
    page = open_near(f"?from={origin()}")
    expect(page.locator(".leaflet-marker-pane .pin")).not_to_have_count(0)
    rows(page).first.locator("[data-pick]").focus()

    expect(page.locator(".leaflet-marker-pane .pin.is-hovered")).to_have_count(1)
    page.locator("#q").focus()
    expect(page.locator(".pin.is-hovered")).to_have_count(0)
    page.locator(".pin").first.dispatch_event("mouseover")
    expect(page.locator("#near-answer .is-hovered")).to_have_count(1)


def test_a_press_on_the_map_and_the_dragged_pin_set_the_place(open_near):
    page = open_near()
    box = map_box(page)
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.35)
    expect(page.locator(".origin")).to_have_count(1)
    expect(page.locator(".near-walk").first).to_be_visible()
    before = page.url

    pin = page.locator(".origin").bounding_box()
    page.mouse.move(pin["x"] + pin["width"] / 2, pin["y"] + pin["height"] / 3)
    page.mouse.down()
    page.mouse.move(pin["x"] + 120, pin["y"] + 40, steps=6)
    page.mouse.up()
    expect(page).not_to_have_url(before)
    page.go_back()
    expect(page).to_have_url(before)


def test_a_long_press_sets_the_place_even_beside_an_open_card(open_near):
    page = open_near(f"?from={origin()}")
    row(page, "Библиотека Чехова").click()
    expect(card_title(page)).to_be_visible()
    box = map_box(page)
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3, button="right")

    expect(card_title(page)).to_have_count(0)
    expect(page).not_to_have_url(re.compile(re.escape(origin())))


def test_the_device_tells_where_it_is(open_near):
    lat, lon = origin(1000).split(",")
    page = open_near(
        geolocation={"latitude": float(lat), "longitude": float(lon)},
        permissions=["geolocation"],
    )
    page.locator("[data-locate]").click()

    expect(rows(page).first).to_contain_text("Утренняя библиотека")
    assert "from=" in page.url


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"permissions": []}, "не разрешено|not allowed"),
        (
            {
                "permissions": ["geolocation"],
                "geolocation": {"latitude": 60.0, "longitude": 30.0},
            },
            "пределами|outside",
        ),
    ],
)
def test_a_place_that_cannot_be_known_is_told_in_words(open_near, options, told):
    page = open_near(**options)
    page.locator("[data-locate]").click()

    expect(page.locator("[data-near-status]")).to_have_text(re.compile(told))
    assert "from=" not in page.url


def test_escape_closes_the_suggestions_and_then_empties_the_box(open_near):
    page = open_near()
    page.keyboard.press("/")
    page.keyboard.type("Библиотека")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(page.locator("#q")).to_have_value("Библиотека")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")


def test_a_place_of_the_suggestions_opens_its_card(open_near):
    page = open_near()
    page.keyboard.press("/")
    page.keyboard.type("Чехова")
    page.get_by_role("option", name=re.compile("Библиотека Чехова")).click()

    expect(card_title(page)).to_have_text("Библиотека Чехова")


def test_a_name_nobody_bears_is_told(open_near):
    page = open_near()
    page.keyboard.press("/")
    page.keyboard.type("щщщщщ")

    expect(page.locator(".suggestion-none")).to_be_visible()


def test_a_favourite_is_kept_on_the_device(open_near):
    page = open_near(f"?from={origin()}")
    row(page, "Библиотека Чехова").click()
    button = page.locator("#panel-card [data-favourite]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#panel-card [data-said]")).not_to_be_empty()

    page.goto(page.url.split("/town/")[0] + "/favourites/")
    kept = page.locator("[data-favourites] a")
    expect(kept).to_have_count(1)
    kept.click()
    expect(page.locator(".card-title")).to_have_text("Библиотека Чехова")
    button = page.locator("[data-favourite]")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    page.go_back()
    expect(page.locator("[data-favourites-empty]")).to_be_visible()


def test_a_copied_link_is_told(open_near):
    page = open_near(f"?from={origin()}", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("delete Navigator.prototype.share")
    row(page, "Библиотека Чехова").click()
    page.locator("#panel-card [data-share]").click()

    expect(page.locator("#panel-card [data-said]")).not_to_be_empty()
    assert "/card/institution/" in page.evaluate("navigator.clipboard.readText()")


def test_without_scripts_forms_and_links_do_the_same(open_near):
    page = open_near(java_script_enabled=False)
    page.locator("#q").fill("улица Ватутина")
    page.locator(".search-button").click()
    choice = page.locator(".near-choices a", has_text="улица Ватутина")
    if choice.count():
        choice.first.click()
    expect(rows(page).first).to_contain_text("Библиотека у лестницы")
    page.locator("input[name=open]").check()
    page.locator(".near-filters [type=submit]").click()
    expect(rows(page)).to_contain_text(["Библиотека у лестницы", "Библиотека Чехова"])
    row(page, "Библиотека Чехова").click()
    expect(page.locator(".card-title")).to_have_text("Библиотека Чехова")


def test_the_other_language_keeps_the_question(open_near):
    page = open_near(f"?from={origin()}&open=1")
    page.locator("[data-language]").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("input[name=open]")).to_be_checked()
    expect(rows(page)).to_have_count(2)


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_open_filters_and_suggestions_hinder_no_reader(open_near, look):
    if not AXE.exists():
        pytest.skip("no axe-core: run npm ci")
    dark = "dark" if look == "dark" else "light"
    page = open_near(f"?from={origin()}&open=1", viewport=PHONE, color_scheme=dark)
    if look == "contrast":
        page.locator("[data-contrast]").click()
    page.locator(".filters-title").click()
    found = complaints(page, "filters")
    page.keyboard.press("/")
    page.locator("#q").fill("Библиотека")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    found += complaints(page, "suggestions")

    assert not found, "\n".join(found)


@pytest.mark.parametrize("state", ["", "list", "card", "filters"])
def test_nothing_scrolls_sideways_on_the_smallest_phone(open_near, state):
    page = open_near(f"?from={origin()}" if state else "", viewport=SMALLEST_PHONE)
    if state == "card":
        page.locator("[data-pick]").first.click()
        expect(card_title(page)).to_be_visible()
    if state == "filters":
        page.locator(".filters-title").click()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_twice_as_large_the_page_still_answers_by_keyboard(open_near):
    # A window of 1280 by 800 at 200 % has so many pixels of its own.
    page = open_near(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page.keyboard.press("/")
    page.keyboard.type("Чехова")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(card_title(page)).to_be_focused()
    expect(page.locator("#panel-card .hours")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_targets_of_a_phone_suit_a_thumb(open_near):
    page = open_near(f"?from={origin()}", viewport=PHONE, has_touch=True)
    page.locator(".filters-title").click()
    targets = page.locator(
        ".search-input, .search-button, .near-tool, .chip, .filter-choice, .filters-title, "
        ".near-item a, .near-elsewhere a"
    )
    for target in targets.all():
        if target.is_visible():
            assert target.bounding_box()["height"] >= 44, target.inner_text()


def test_the_peek_of_a_phone_keeps_the_search_and_the_count(open_near):
    page = open_near(f"?from={origin()}", viewport=PHONE, has_touch=True)
    handle = page.locator(".sheet-handle")
    handle.focus()
    page.keyboard.press("ArrowDown")

    expect(page.locator("body")).to_have_attribute("data-stop", "peek")
    expect(page.locator("#q")).to_be_in_viewport()
    expect(page.locator(".near-count")).to_be_in_viewport()
    expect(page.locator("[data-list]").first).to_be_hidden()
