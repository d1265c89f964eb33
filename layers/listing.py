"""The list beside the map: the same facts as the points on it, readable without seeing it."""

from layers import wording
from layers.choice import Choice
from layers.links import card_url
from layers.registry import Item
from mapping.models import Institution, NeighborCenter
from mapping.queries import layers as queries

# Enough for every list a person reads to the end; the rest are counted.
LIMIT = 200


def institutions(choice: Choice) -> tuple[list[Item], int]:
    """Institutions of the asked kind, with a position or without."""
    rows = queries.places(choice.city).filter(kind__in=choice.asked_kinds)
    found = queries.by_name(rows.defer("geometry"))[:LIMIT]
    return [_institution(row, choice) for row in found], rows.count()


def _institution(row: Institution, choice: Choice) -> Item:
    return {
        "type": "institution",
        "id": row.pk,
        "name": row.label,
        "kind_label": row.kind.label,
        "icon": row.kind.icon,
        "color": row.kind.color,
        "address": row.address or row.district_name,
        "url": card_url(choice, "institution", row.pk),
        "accuracy_text": wording.accuracy(row.position_accuracy),
        "approximate": row.is_approximate,
        "has_position": row.position_accuracy is not None,
        "synthetic": row.synthetic,
        "status_text": wording.status(row.status),
    }


def centers(choice: Choice) -> tuple[list[Item], int]:
    """Neighbour centres of the city."""
    rows = queries.centers(choice.city)
    return [_center(row, choice) for row in queries.by_name(rows)[:LIMIT]], rows.count()


def _center(row: NeighborCenter, choice: Choice) -> Item:
    return {
        "type": "center",
        "id": row.pk,
        "name": row.label,
        "address": row.address,
        "url": card_url(choice, "center", row.pk),
        "accuracy_text": wording.accuracy(row.position_accuracy),
        "has_position": row.position_accuracy is not None,
        "synthetic": row.synthetic,
    }
