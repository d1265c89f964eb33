"""What stays when the connection goes, and how the page says so."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import CONTEXT
from tests.browser.near_town import near_site, origin  # noqa: F401
from tests.browser.traffic import settle

NEAR = "/town/near/"
CARD = "Библиотека Чехова"
# The worker has filled its store, and has taken in what the page had asked before it: the page
# itself too, which the server may be slow to make once more.
READY = """async (count) => {
  await navigator.serviceWorker.ready;
  for (let tries = 0; tries < 200; tries++) {
    if (navigator.serviceWorker.controller && await caches.has('seen')) {
      const seen = await (await caches.open('seen')).keys();
      const isPage = ({ url }) =>
        new URL(url).pathname === location.pathname && !url.includes('_part=');
      if (seen.length >= count && seen.some(isPage)) return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}"""
KEPT = """async () => {
  for (let tries = 0; tries < 200; tries++) {
    const kept = await (await caches.open('kept')).keys();
    if (kept.length >= 2) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}"""


@pytest.fixture
def device(browser: Browser, near_site: str) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """A device with its own store, on the page near the main street, ready to lose its network."""
    context = browser.new_context(**CONTEXT | {"service_workers": "allow"}, base_url=near_site)
    yield lambda path: ready(context, path)
    context.set_offline(False)
    for page in context.pages:
        page.goto("about:blank")
    context.close()


def ready(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(READY, 3)
    settle(context)
    return page


def rows(page: Page):
    return page.locator("[data-list=places] .near-item")


def banner(page: Page):
    return page.locator("[data-connection]")


def test_the_last_viewed_list_and_card_stay_and_say_when_they_were_saved(device):
    page = device(f"{NEAR}?from={origin()}")
    expect(banner(page)).to_be_hidden()
    rows(page).filter(has_text=CARD).locator("[data-pick]").click()
    expect(page.locator("#panel-card .card-title")).to_have_text(CARD)
    expect(page.locator("path.walk-line")).to_have_count(1)
    settle(page.context)

    page.context.set_offline(True)
    page.reload()
    expect(banner(page)).to_be_visible()
    expect(banner(page)).to_contain_text(re.compile(r"\d\d[./]\d\d[./]\d{4}, \d\d:\d\d"))
    expect(page.locator("#panel-card .card-title")).to_have_text(CARD)
    expect(page.locator("path.walk-line")).to_have_count(1)
    page.locator("#panel-card [data-back]").click()
    expect(rows(page).first).to_be_visible()

    page.context.set_offline(False)
    page.reload()
    expect(banner(page)).to_be_hidden()


def test_an_answer_that_was_not_saved_is_not_made_up(device):
    page = device(f"{NEAR}?from={origin()}")
    before = rows(page).all_inner_texts()
    page.context.set_offline(True)
    page.locator(".chip", has=page.locator("input[name=open]")).click()

    expect(page.locator(".map-message")).to_be_visible()
    expect(banner(page)).to_be_visible()
    assert rows(page).all_inner_texts() == before
    page.context.set_offline(False)
    page.locator(".map-message button").click()
    expect(rows(page)).to_have_count(2)


def test_a_question_that_was_not_saved_leaves_no_other_answer_in_its_place(device):
    page = device(f"{NEAR}?from={origin()}")
    page.context.set_offline(True)
    page.goto(f"{NEAR}?from={origin(1500)}")

    expect(banner(page)).to_be_visible()
    expect(page.locator(".map-message")).to_be_visible()
    expect(rows(page)).to_have_count(0)


def test_the_map_never_shows_figures_of_another_question(device):
    page = device(NEAR)
    page.goto("/town/?minutes=15")
    expect(page.locator("#panel-list [data-pick]").first).to_be_visible()
    settle(page.context)
    page.context.set_offline(True)
    page.goto("/town/?minutes=5")

    expect(page.locator(".map-message")).to_be_visible()
    expect(page.locator("#panel-list")).to_be_empty()
    page.goto("/town/?minutes=15&at=55.01,82.92,12")
    expect(page.locator("#panel-list")).not_to_be_empty()
    expect(banner(page)).to_contain_text(re.compile(r"\d\d[./]\d\d[./]\d{4}, \d\d:\d\d"))


def test_a_page_nobody_opened_says_that_there_is_no_connection(device):
    page = device(f"{NEAR}?from={origin()}")
    page.context.set_offline(True)
    page.goto("/town/about/")

    expect(page.locator("h1")).to_have_text(re.compile("Нет связи|No connection"))
    expect(page.locator("[data-favourites-empty]")).to_be_visible()


def test_a_favourite_opens_without_a_connection(device):
    page = device(f"{NEAR}?from={origin()}")
    rows(page).filter(has_text=CARD).locator("[data-pick]").click()
    page.locator("#panel-card [data-favourite]").click()
    assert page.evaluate(KEPT)

    page.context.set_offline(True)
    page.goto("/favourites/")
    page.locator("[data-favourites] a").click()
    expect(page.locator(".card-title")).to_have_text(CARD)
    expect(banner(page)).to_be_visible()
    expect(page.locator(".hours")).to_contain_text("10:00")


def test_what_is_sent_never_lands_in_a_store(device):
    page = device(f"{NEAR}?from={origin()}")
    stored = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const stores = await Promise.all(names.map((name) => caches.open(name)));
          const keys = await Promise.all(stores.map((store) => store.keys()));
          return keys.flat().map(({ method, url }) => [method, new URL(url).pathname]);
        }"""
    )

    assert {method for method, _path in stored} == {"GET"}
    assert not [path for _method, path in stored if re.search("planner|admin|report", path)]


def test_a_browser_finds_nothing_against_installing_it(device):
    page = device(NEAR)
    session = page.context.new_cdp_session(page)
    manifest = session.send("Page.getAppManifest")
    told = session.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    # A window that keeps nothing after it is closed may not install anything.
    assert [each["errorId"] for each in told if each["errorId"] != "in-incognito"] == []
