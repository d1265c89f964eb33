"""What a visitor sees when something does not answer."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import settle
from tests.browser.pages import MapPage


def test_an_answer_that_does_not_arrive_leaves_the_last_one_and_says_so(
    browser: Browser, site: str
):
    page = browser.new_page()
    page.goto(f"{site}/town/")
    atlas = MapPage(page).wait_for_map()
    before = atlas.headline.inner_text()
    page.route("**/panel/**", lambda route: route.abort())
    atlas.choice("kind").select_option("museum")

    message = page.locator(".map-message")
    expect(message).to_be_visible()
    assert atlas.headline.inner_text() == before
    page.unroute("**/panel/**")
    message.locator("button").click()
    expect(atlas.headline).not_to_have_text(before)
    expect(message).to_be_hidden()
    settle(page.context)
    page.close()


def test_an_unknown_address_offers_the_way_back(open_map, site):
    answer = open_map().page.request.get(f"{site}/nowhere/")

    assert answer.status == 404
    assert 'class="button button-main"' in answer.text()
