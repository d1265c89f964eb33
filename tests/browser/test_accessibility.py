"""Every public page before axe-core: nothing that hinders a reader seriously, in any look."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from mapping.models import AnalysisRun, District, Institution
from tests.browser.conftest import CONTEXT
from tests.conftest import CHECKOUT
from tests.factories import point_at

AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
WIDTHS = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
# Colours do not change with the width, so each look is seen where most people see it.
SHOWN = (("light", "desktop"), ("light", "phone"), ("dark", "desktop"), ("contrast", "phone"))
# WCAG 2.1 AA, as the national standard asks, and what axe holds for good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def town_origin() -> str:
    """A place on the town's street, as the address of a page says it."""
    point = point_at(600)
    return f"{point.y:.5f},{point.x:.5f}"


def addresses() -> Iterator[str]:
    """Every sort of public page; errors are pages as well."""
    district, library = District.objects.first().pk, Institution.objects.first().pk
    run = AnalysisRun.objects.filter(is_active=True).first().pk
    yield "/town/"
    yield "/en/town/?by=tos&layers=coverage,institutions,tos"
    yield f"/town/?sel=district:{district}"
    yield f"/town/card/district/{district}/"
    yield f"/town/card/institution/{library}/"
    yield f"/town/runs/{run}/"
    yield "/town/about/"
    yield "/town/planner/"
    yield f"/town/planner/?tab=coverage&run={run}"
    yield "/town/planner/?tab=whatif"
    yield "/town/planner/?tab=siting"
    yield "/town/near/"
    yield "/en/town/near/?kind=library"
    yield "/town/near/?q=nonsense"
    yield f"/town/near/?from={town_origin()}&open=1&minutes=5"
    yield f"/town/near/?from={town_origin()}&sel=institution:{library}"
    yield "/favourites/"
    yield "/en/offline/"
    yield "/nowhere/"
    yield "/town/?kind=nonsense"


@pytest.fixture(params=SHOWN, ids="-".join)
def page(request, browser: Browser, site: str) -> Iterator[Page]:
    look, width = request.param
    context = browser.new_context(
        **CONTEXT
        | {"viewport": WIDTHS[width], "color_scheme": "dark" if look == "dark" else "light"}
    )
    if look == "contrast":
        context.add_cookies([{"name": "look", "value": "contrast", "url": site}])
    yield context.new_page()
    context.close()


def complaints(page: Page, address: str) -> list[str]:
    """What axe holds against the page as it is shown now."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [
        f"{address}: {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def test_no_page_hinders_a_reader(page, site):
    if not AXE.exists():
        pytest.skip("no axe-core: run npm ci")
    said = []
    for address in addresses():
        page.goto(f"{site}{address}")
        page.wait_for_load_state("networkidle")
        assert urlsplit(page.url).path == urlsplit(address).path
        said += complaints(page, address)

    assert not said, "\n".join(said)
