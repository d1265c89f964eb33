"""What a visitor sees when something does not answer."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import MapPage, held
from tests.browser.traffic import settle

LAYERS, FIGURES = "**/layers.json*", "**/panel/**"


@pytest.fixture
def atlas(browser: Browser, site: str) -> Iterator[MapPage]:
    """Not `open_map`: here the console is to complain of what did not answer."""
    page = browser.new_page()
    page.goto(f"{site}/town/")
    yield MapPage(page).wait_for_map()
    settle(page.context)
    page.close()


def break_off(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.route(address, lambda route: route.abort())


def try_again(atlas: MapPage, before: str, *addresses: str) -> None:
    """What was broken off answers again: one press brings all of it, and the message goes."""
    for address in addresses:
        atlas.page.unroute(address)
    with ExitStack() as expected:
        for address in addresses:
            expected.enter_context(atlas.page.expect_response(address))
        atlas.message.locator("button").click()
    expect(atlas.headline).not_to_have_text(before)
    expect(atlas.message).to_be_hidden()


def test_an_answer_that_does_not_arrive_leaves_the_last_one_and_says_so(atlas: MapPage):
    before = atlas.headline.inner_text()
    break_off(atlas.page, FIGURES)
    atlas.choice("kind").select_option("museum")

    expect(atlas.message).to_be_visible()
    assert atlas.headline.inner_text() == before
    try_again(atlas, before, FIGURES)


def test_what_arrives_beside_a_failure_does_not_hide_it(atlas: MapPage):
    """The layers of the new question come after its figures have failed."""
    before = atlas.headline.inner_text()
    late = []
    break_off(atlas.page, FIGURES)
    atlas.page.route(LAYERS, lambda route: late.append(route))
    atlas.choice("kind").select_option("museum")
    expect(atlas.message).to_be_visible()
    with atlas.page.expect_response("**/coverage*"):
        held(atlas.page, late).continue_()
    settle(atlas.page.context)

    expect(atlas.message).to_be_visible()
    try_again(atlas, before, FIGURES)


def test_one_press_asks_again_for_everything_that_failed(atlas: MapPage):
    before = atlas.headline.inner_text()
    break_off(atlas.page, FIGURES, LAYERS)
    atlas.choice("kind").select_option("museum")

    expect(atlas.message).to_be_visible()
    settle(atlas.page.context)
    try_again(atlas, before, FIGURES, LAYERS)


def test_a_failure_nobody_looks_at_any_more_is_forgotten(atlas: MapPage):
    break_off(atlas.page, "**/card/**")
    atlas.page.locator("#panel-list [data-pick]").first.click()
    expect(atlas.message).to_be_visible()
    atlas.page.go_back()

    expect(atlas.message).to_be_hidden()


def test_an_unknown_address_offers_the_way_back(open_map, site):
    answer = open_map().page.request.get(f"{site}/nowhere/")

    assert answer.status == 404
    assert 'class="button button-main"' in answer.text()
