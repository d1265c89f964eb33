"""How long the browser's main thread is busy while a crowded map is dragged."""

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks import tile_city

CHROMIUM = Path(os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
SIZE = {"width": 1280, "height": 800}
ZOOMS = range(11, 16)
DRAGS, DRAG_PX, STEPS = 6, 300, 15
SETTLE_MS = 1200
LIMIT_MS = 200
# From before the first script: `window.busy` gathers [milliseconds, when].
WATCH = """
window.busy = [];
new PerformanceObserver((list) => {
  for (const { duration, startTime } of list.getEntries()) window.busy.push([duration, startTime]);
}).observe({ type: "longtask", buffered: true });
"""


def report(site: str) -> None:
    """Print the longest task of each zoom, with both crowded layers on the map."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not there: panning is not measured")
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        worst = max(_measure(chromium, site, zoom) for zoom in ZOOMS)
        chromium.close()
    met = "met" if worst <= LIMIT_MS else "MISSED"
    print(f"panning: longest task {worst:.0f} ms (limit {LIMIT_MS}): {met}")


def _measure(chromium: Any, site: str, zoom: int) -> float:
    page = chromium.new_page(viewport=SIZE)
    page.add_init_script(WATCH)
    at = f"{tile_city.CENTER_LAT},{tile_city.CENTER_LON},{zoom}"
    page.goto(f"{site}/{tile_city.SLUG}/?layers=institutions,tos&at={at}")
    page.locator(".leaflet-marker-pane .pin").first.wait_for(timeout=30_000)
    page.wait_for_timeout(SETTLE_MS)
    opening = _longest(page)
    chromium.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    for number in range(DRAGS):
        # There and back, so that the city stays in the window.
        way = 1 if number % 2 else -1
        _drag(page, way * DRAG_PX, way * DRAG_PX // 2)
    page.wait_for_timeout(SETTLE_MS)
    panning, own = _longest(page), _longest_own(chromium.stop_tracing())
    pins = page.locator(".leaflet-marker-pane .pin").count()
    print(
        f"z{zoom}: {pins} pins; longest task {panning:.0f} ms panning ({own:.0f} ms of it on a"
        f" core), {opening:.0f} ms opening",
        flush=True,
    )
    page.close()
    return panning


def _longest(page: Page) -> float:
    return page.evaluate(
        "() => { const most = Math.max(0, ...window.busy.map(([ms]) => ms));"
        " window.busy = []; return most; }"
    )


def _longest_own(trace: bytes) -> float:
    """The longest task of a page's main thread in milliseconds of its own: waiting not counted."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = (
        event.get("tdur", 0)
        for event in events
        if event["name"].endswith("RunTask") and (event["pid"], event["tid"]) in mains
    )
    return max(tasks, default=0) / 1000


def _drag(page: Page, right_px: int, down_px: int) -> None:
    x, y = SIZE["width"] * 0.65, SIZE["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right_px, y + down_px, steps=STEPS)
    page.mouse.up()
    page.wait_for_timeout(300)
