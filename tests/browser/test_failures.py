"""What a visitor sees when something does not answer."""

from playwright.sync_api import Browser, expect

from tests.browser.pages import MapPage, held
from tests.browser.traffic import settle


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


def test_what_arrives_beside_a_failure_does_not_hide_it(browser: Browser, site: str):
    """The layers of the new question come after its figures have failed."""
    page = browser.new_page()
    page.goto(f"{site}/town/")
    atlas = MapPage(page).wait_for_map()
    before = atlas.headline.inner_text()
    late = []
    page.route("**/panel/**", lambda route: route.abort())
    page.route("**/layers.json*", lambda route: late.append(route))
    atlas.choice("kind").select_option("museum")
    message = page.locator(".map-message")
    expect(message).to_be_visible()
    with page.expect_response("**/coverage*"):
        held(page, late).continue_()
    settle(page.context)

    expect(message).to_be_visible()
    page.unroute("**/panel/**")
    message.locator("button").click()
    expect(atlas.headline).not_to_have_text(before)
    expect(message).to_be_hidden()
    settle(page.context)
    page.close()


def test_one_press_asks_again_for_everything_that_failed(browser: Browser, site: str):
    page = browser.new_page()
    page.goto(f"{site}/town/")
    atlas = MapPage(page).wait_for_map()
    before = atlas.headline.inner_text()
    asked = ("**/panel/**", "**/layers.json*")
    for address in asked:
        page.route(address, lambda route: route.abort())
    atlas.choice("kind").select_option("museum")
    message = page.locator(".map-message")
    expect(message).to_be_visible()
    settle(page.context)
    for address in asked:
        page.unroute(address)
    with page.expect_response(asked[0]), page.expect_response(asked[1]):
        message.locator("button").click()

    expect(atlas.headline).not_to_have_text(before)
    expect(message).to_be_hidden()
    settle(page.context)
    page.close()


def test_a_failure_nobody_looks_at_any_more_is_forgotten(browser: Browser, site: str):
    page = browser.new_page()
    page.goto(f"{site}/town/")
    MapPage(page).wait_for_map()
    page.route("**/card/**", lambda route: route.abort())
    page.locator("#panel-list [data-pick]").first.click()
    message = page.locator(".map-message")
    expect(message).to_be_visible()
    page.go_back()

    expect(message).to_be_hidden()
    settle(page.context)
    page.close()


def test_an_unknown_address_offers_the_way_back(open_map, site):
    answer = open_map().page.request.get(f"{site}/nowhere/")

    assert answer.status == 404
    assert 'class="button button-main"' in answer.text()
