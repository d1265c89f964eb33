"""The map page as a visitor speaks of it: rows, pins, the card, the sheet."""

from playwright.sync_api import Locator, Page, Route, expect

# As long as a slow finger presses.
HELD_MS = 300
STEP_MS, MOST_STEPS = 20, 500
LINE_WIDTHS = """nodes => nodes.map(node => Number(node.getAttribute('stroke-width')))"""
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def wait_for_map(page: Page) -> Locator:
    """The map's frame, once the map is there: it comes after the page's words."""
    frame = page.locator("#map")
    expect(frame).to_have_attribute("aria-busy", "false")
    return frame


def map_box(page: Page) -> dict[str, float]:
    """Where the map is on the screen."""
    return wait_for_map(page).bounding_box()


def wait_for_frames(page: Page) -> None:
    """What is put off to the next frame is drawn."""
    page.evaluate(FRAMES)


def line_widths(areas: Locator) -> list[float]:
    """Widths of the outlines of areas, as drawn."""
    wait_for_frames(areas.page)
    return areas.evaluate_all(LINE_WIDTHS)


def held(page: Page, routes: list[Route]) -> Route:
    """The request that a test holds back, once the browser has sent it."""
    for _step in range(MOST_STEPS):
        if routes:
            return routes.pop()
        page.wait_for_timeout(STEP_MS)
    raise AssertionError("the browser did not ask")


def press_while_arriving(page: Page, target: Locator, routes: list[Route]) -> None:
    """The mouse goes down on `target`, the answer held back arrives, the mouse is released."""
    target.hover()
    page.mouse.down()
    route = held(page, routes)
    with page.expect_response(route.request.url):
        route.continue_()
    page.wait_for_timeout(HELD_MS)
    page.mouse.up()


class MapPage:
    """One open map page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def headline(self) -> Locator:
        return self.page.locator("#panel-list .answer-headline")

    @property
    def message(self) -> Locator:
        return self.page.locator(".map-message")

    @property
    def card(self) -> Locator:
        return self.page.locator("#panel-card .card")

    @property
    def card_title(self) -> Locator:
        return self.card.locator(".card-title")

    @property
    def areas(self) -> Locator:
        return self.page.locator(".leaflet-choropleth-pane path")

    @property
    def pins(self) -> Locator:
        return self.page.locator(".leaflet-marker-pane .pin")

    @property
    def sheet(self) -> Locator:
        return self.page.locator(".panel")

    @property
    def handle(self) -> Locator:
        return self.page.locator(".sheet-handle")

    def row(self, name: str) -> Locator:
        return self.page.locator("#panel-list [data-pick]", has_text=name).first

    def choice(self, name: str) -> Locator:
        return self.page.locator(f"select[name={name}]")

    def wait_for_map(self) -> "MapPage":
        wait_for_map(self.page)
        expect(self.areas.first).to_be_attached()
        return self

    def layer(self, key: str) -> Locator:
        return self.page.locator(f"#layers input[name={key}]")

    def open_layers(self) -> None:
        switches = self.page.locator("#layers")
        if switches.get_attribute("open") is None:
            switches.locator("summary").first.click()

    def switch_layer(self, key: str) -> None:
        self.open_layers()
        self.layer(key).click()

    def query(self) -> str:
        return self.page.evaluate("location.search")

    def scrolls_sideways(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
