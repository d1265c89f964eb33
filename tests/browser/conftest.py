"""A real browser before a real server that shows the town of `tests.factories`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, ConsoleMessage, sync_playwright

from mapping.services.coverage import CoverageQuestion, run_coverage
from tests.browser.machine_code import load_machine_code
from tests.browser.pages import MapPage
from tests.browser.traffic import TRAFFIC, let_the_server_finish, settle
from tests.factories import make_institution, make_kind, make_tos, make_town

CHROMIUM = Path(os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
CONTEXT = {
    "viewport": {"width": 1280, "height": 800},
    "locale": "ru-RU",
    "reduced_motion": "reduce",
    # A worker would answer for the server; tests of it allow it themselves.
    "service_workers": "block",
}
# What the browser says of a worker it was told to block.
BLOCKED_WORKER = "Service Worker registration blocked by Playwright"

# Playwright runs an event loop in this thread; the ORM is used beside it, not inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--late-answers",
        type=float,
        default=0,
        metavar="SECONDS",
        help="the server answers each question up to that late, so answers come in any order",
    )


def pytest_configure(config: pytest.Config) -> None:
    TRAFFIC.late_s = config.getoption("--late-answers", 0)
    TRAFFIC.listen()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(live_server, settings, tmp_path) -> Iterator[str]:
    """
    Address of a server with the town: a library at its west end, a museum at its east end.

    400 of 1,000 people have no library within 15 minutes, all of them in the eastern district.
    """
    settings.NETWORK_DIR = tmp_path
    cache.clear()
    town = make_town()
    source = town.sources.get()
    make_institution(source, "east", 2000, kind=make_kind("museum"), name="Музей восток")
    make_tos(source, "Заречный", -100, 600)
    for kind in ("library", "museum"):
        run_coverage(town, CoverageQuestion(kind=kind, minutes=15))
    load_machine_code()
    yield live_server.url
    let_the_server_finish()


def is_complaint(said: ConsoleMessage) -> bool:
    return said.type in {"error", "warning"} and said.text != BLOCKED_WORKER


@pytest.fixture
def open_map(browser: Browser, site: str) -> Iterator[Callable[..., MapPage]]:
    """Open the map; whatever the page did wrong on the way fails the test at its end."""
    contexts, complaints = [], []

    def stay_at_home(route):
        if urlsplit(route.request.url).hostname in {"localhost", "127.0.0.1"}:
            route.continue_()
        else:
            complaints.append(f"left the machine: {route.request.url}")
            route.abort()

    def visit(query: str = "", path: str = "/town/", **options) -> MapPage:
        context = browser.new_context(**CONTEXT | options)
        contexts.append(context)
        context.route("**/*", stay_at_home)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if is_complaint(said) else None,
        )
        page.goto(f"{site}{path}{query}")
        return MapPage(page)

    yield visit
    for context in contexts:
        settle(context)
        context.close()
    assert complaints == []
