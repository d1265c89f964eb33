"""Sets of norms with a real browser: copied, mended and counted by, with scripts or without."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from mapping.models import Norm, NormSet
from tests.browser.conftest import CONTEXT
from tests.browser.test_accessibility import AXE, complaints
from tests.browser.traffic import settle
from tests.factories import make_kind

NORMS = "/town/norms/"
SMALLEST_PHONE = {"width": 320, "height": 640}


@pytest.fixture
def address(site: str) -> str:
    norm_set = NormSet.objects.create(slug="reference", name="Нормативы из открытых документов")
    Norm.objects.create(
        norm_set=norm_set,
        row=1,
        kind=make_kind(),
        facility_type="общедоступная библиотека",
        settlement_type="городской округ",
        units="1",
        per_population_min=500,
        per_population_max=500,
        population_group="человек",
        minutes_min=30,
        minutes_max=40,
        act="Местные нормативы градостроительного проектирования (ред. 09.02.2023)",
        clause="табл. 1.4.1 п. 1",
        url="https://example.org/act",
        confidence="quoted",
    )
    return f"{site}{NORMS}"


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(request, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**CONTEXT, java_script_enabled=request.param)
    yield context.new_page()
    settle(context)
    context.close()


def test_a_planner_copies_a_set_mends_a_norm_and_counts_by_it(page: Page, address: str):
    page.goto(address)
    page.locator(".norm-set form button").click()
    page.locator(".norm-tools a").click()
    page.locator("[name=per_population]").fill("много")
    page.locator(".norm-form button[type=submit]").click()

    wrong = page.locator(".norm-cell.is-problem")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("много")
    page.locator("[name=per_population]").fill("250")
    page.locator(".norm-form button[type=submit]").click()
    expect(page.locator(".norm-message")).to_have_count(1)
    expect(page.locator("#row-1")).to_contain_text("250")

    page.locator(".norm-ask select").select_option("unconfirmed")
    page.locator(".norm-ask button").click()
    expect(page.locator(".result-headline")).to_be_visible()
    expect(page).to_have_url(re.compile("norm_set=norms-"))


def test_a_set_is_deleted_only_after_a_second_thought(page: Page, address: str):
    page.goto(f"{address}reference/")
    page.locator(".norm-locked button").click()
    last = page.locator(".norm-manage details")
    expect(last.locator("button")).to_be_hidden()
    last.locator("summary").click()
    last.locator("button").click()

    expect(page.locator(".norm-message")).to_have_count(1)
    expect(page.locator(".norm-set")).to_have_count(1)


def test_nothing_hinders_a_reader_or_scrolls_sideways(browser: Browser, address: str):
    if not AXE.exists():
        pytest.skip("no axe-core: run npm ci")
    page = browser.new_page(**CONTEXT | {"viewport": SMALLEST_PHONE})
    page.goto(address)
    page.locator(".norm-set form button").click()
    ours = page.url.partition("#")[0]
    edit = page.locator(".norm-tools a").get_attribute("href")

    said = []
    for each in (address, f"{address}reference/", ours, f"{ours}add/", urljoin(address, edit)):
        page.goto(each)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), each
        said += complaints(page, each)
    settle(page.context)
    page.close()

    assert not said, "\n".join(said)
