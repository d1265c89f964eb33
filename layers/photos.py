"""Photos as a card shows them: addresses, sizes, what is seen, whose it is and on what terms."""

from dataclasses import dataclass

from mapping.models import Institution, License, NeighborCenter, Photo


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One photo; sizes in pixels, empty where nothing is known."""

    url: str
    width: int
    height: int
    large_url: str
    large_width: int
    large_height: int
    alt: str
    caption: str
    author: str
    license: str
    license_url: str
    license_note: str
    source_url: str
    year: int | None


def of(place: Institution | NeighborCenter) -> list[Shown]:
    """Photos of a place in their order; of most places there are none."""
    return [_shown(photo) for photo in place.photos.all()]


def _shown(photo: Photo) -> Shown:
    width, height = photo.small_size
    is_named = photo.license != License.OTHER
    return Shown(
        url=photo.small_url,
        width=width,
        height=height,
        large_url=photo.large_url,
        large_width=photo.width,
        large_height=photo.height,
        alt=photo.alt_label,
        caption=photo.caption_label,
        author=photo.author,
        license=photo.get_license_display() if is_named else "",
        license_url=photo.license_url,
        license_note=photo.license_note,
        source_url=photo.source_url,
        year=photo.taken_year,
    )
