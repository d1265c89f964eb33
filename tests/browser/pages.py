"""The map page as a visitor speaks of it: rows, pins, the card, the sheet."""

from playwright.sync_api import Locator, Page, expect


def map_box(page: Page) -> dict[str, float]:
    """Where the map is on the screen, once it is there: it comes after the page's words."""
    frame = page.locator("#map")
    expect(frame).to_have_attribute("aria-busy", "false")
    return frame.bounding_box()


class MapPage:
    """One open map page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def headline(self) -> Locator:
        return self.page.locator("#panel-list .answer-headline")

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
        expect(self.areas.first).to_be_attached()
        return self

    def switch_layer(self, key: str) -> None:
        switches = self.page.locator("#layers")
        if switches.get_attribute("open") is None:
            switches.locator("summary").first.click()
        switches.locator(f"input[name={key}]").click()

    def query(self) -> str:
        return self.page.evaluate("location.search")

    def scrolls_sideways(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
