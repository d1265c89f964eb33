"""A visitor who follows every link meets no fault, and no page asks another server for anything."""

from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import CONTEXT, is_complaint
from tests.browser.traffic import settle

MOST_PAGES = 40
HOME = {"localhost", "127.0.0.1"}


class Visitor:
    """Follows links page by page and writes down whatever is wrong on the way."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.complaints = page, site, []
        self.seen: set[str] = set()
        page.on("request", self._note_request)
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("console", self._note_console)

    def _complain(self, what: str) -> None:
        self.complaints.append(f"{self.page.url}: {what}")

    def _note_request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws"} and parts.hostname not in HOME:
            self._complain(f"asked {request.url}")

    def _note_console(self, said) -> None:
        if is_complaint(said):
            self._complain(said.text)

    def walk(self, start: str) -> None:
        waiting = [start]
        while waiting and len(self.seen) < MOST_PAGES:
            address = waiting.pop(0)
            shape = self._shape(address)
            if shape in self.seen:
                continue
            self.seen.add(shape)
            waiting += self._visit(address)

    def _shape(self, address: str) -> str:
        """One visit is enough for pages that differ only in the question or in the number."""
        path = urlsplit(address).path
        return "/".join("#" if part.isdigit() else part for part in path.split("/"))

    def _visit(self, address: str) -> list[str]:
        answer: Response | None = self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        if answer is None or answer.status != 200:
            self._complain(f"answered {answer and answer.status}")
        links = self.page.eval_on_selector_all(
            "a[href]:not([download])", "links => links.map(link => link.href)"
        )
        return [urldefrag(link).url for link in links if self._is_page(link)]

    def _is_page(self, link: str) -> bool:
        parts = urlsplit(link)
        return (
            parts.scheme in {"http", "https"}
            and parts.hostname in HOME
            and "." not in parts.path.rpartition("/")[2]
            and "/export/" not in parts.path
            and not parts.path.startswith(("/api/v1/", "/ogc/api"))
            and not parts.path.startswith(("/admin", "/en/admin"))
        )


@pytest.mark.parametrize("start", ["/", "/en/"])
def test_every_link_leads_somewhere_and_nothing_leaves_the_machine(
    browser: Browser, site: str, start: str
):
    context = browser.new_context(**CONTEXT)
    visitor = Visitor(context.new_page(), site)
    visitor.walk(f"{site}{start}")
    settle(context)
    context.close()

    assert visitor.complaints == []
    assert len(visitor.seen) > 8
