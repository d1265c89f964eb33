"""Photos of a place as a resident sees them: with a finger, a keyboard, any look."""

import io
from collections.abc import Iterator

import pytest

from mapping.importers.pictures import read_picture
from mapping.models import Institution, License, Photo
from mapping.services.photos import keep_photo
from tests.browser.test_accessibility import complaints
from tests.browser.traffic import settle
from tests.photos import telephone_photo

PHONE = {"viewport": {"width": 390, "height": 844}}
SHOWN_WIDTHS = "() => [...document.querySelectorAll('.photo img')].map(each => each.naturalWidth)"
# Whether the focused photo lies within its row, to the pixel.
IN_SIGHT = """() => {
  const own = document.activeElement.getBoundingClientRect();
  const row = document.querySelector('.photo-row').getBoundingClientRect();
  return own.left >= row.left - 1 && own.right <= row.right + 1;
}"""
SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const each of list.getEntries()) sum += each.value; })
    .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""


@pytest.fixture
def address(site, settings, tmp_path) -> Iterator[str]:
    """Address of a card with three photos: wide, high, and one with long words."""
    settings.MEDIA_ROOT = tmp_path / "photos"
    library = Institution.objects.order_by("pk").first()
    for number, (width, height, caption) in enumerate(
        ((1200, 800, "Вход с улицы"), (800, 1200, ""), (1600, 600, "Двор зимой, " * 12))
    ):
        picture = read_picture(io.BytesIO(telephone_photo(width, height)))
        keep_photo(
            Photo(
                institution=library,
                position=number,
                alt=f"Дом с крыльцом, снимок {number}",
                caption=caption.strip(", "),
                author="Мария Сидорова-Константинопольская",
                license=License.CC_BY_SA,
                source_url="https://example.org/photo/1",
            ),
            picture,
        )
    return f"/town/card/institution/{library.pk}/"


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_every_photo_is_seen_and_nothing_jumps(open_map, address, options):
    page = open_map(path=address, **options).page

    page.locator(".photos").scroll_into_view_if_needed()
    for photo in page.locator(".photo img").all():
        photo.scroll_into_view_if_needed()
    settle(page.context)

    assert page.evaluate(SHOWN_WIDTHS) == [800, 533, 800]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate(SHIFT) < 0.01


def test_photos_are_looked_through_by_keyboard(open_map, address):
    page = open_map(path=address, **PHONE).page
    page.locator(".photo-link").first.focus()

    seen = []
    while page.evaluate("document.activeElement.closest('.photo') !== null"):
        if page.evaluate("document.activeElement.classList.contains('photo-link')"):
            page.wait_for_function(IN_SIGHT)
            seen.append(page.evaluate("document.activeElement.querySelector('img').alt"))
        page.keyboard.press("Tab")

    assert seen == [f"Дом с крыльцом, снимок {number}" for number in range(3)]


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_photos_hinder_no_reader(open_map, address, look):
    scheme = "dark" if look == "dark" else "light"
    page = open_map(path=address, color_scheme=scheme, bypass_csp=True, **PHONE).page
    page.evaluate("look => { document.documentElement.dataset.look = look; }", look)

    assert complaints(page, address) == []


def test_the_panel_of_the_map_shows_them_within_its_width(open_map, address):
    library = address.rstrip("/").rpartition("/")[2]

    page = open_map(f"?sel=institution:{library}").page
    page.locator(".panel .photos").wait_for()

    panel = page.locator(".panel").bounding_box()
    photo = page.locator(".photo").first.bounding_box()
    assert photo["x"] >= panel["x"]
    assert photo["x"] + photo["width"] <= panel["x"] + panel["width"]
