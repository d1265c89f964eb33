"""Photos of places for those who read JSON: where they are, whose, and on what terms."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request

from mapping.models import Photo


def add_to(rows: Sequence[dict[str, Any]], place: str, request: Request) -> None:
    """Tell the photos of every row, `place` names their column: one query, however many rows."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for photo in Photo.objects.filter(**{f"{place}__in": [row["id"] for row in rows]}):
        found[getattr(photo, f"{place}_id")].append(_told(photo, request))
    for row in rows:
        row["photos"] = found[row["id"]]


def _told(photo: Photo, request: Request) -> dict[str, Any]:
    return {
        "url": request.build_absolute_uri(photo.large_url),
        "thumbnail_url": request.build_absolute_uri(photo.small_url),
        "width": photo.width,
        "height": photo.height,
        "alt": photo.alt_label,
        "caption": photo.caption_label,
        "author": photo.author,
        "license": photo.license,
        "license_url": photo.license_url,
        "license_note": photo.license_note,
        "source_url": photo.source_url,
        "taken_year": photo.taken_year,
    }
