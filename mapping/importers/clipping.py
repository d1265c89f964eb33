"""Keeping what lies inside the city when a file covers more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from mapping.importers.records import PopulationZoneRecord, Record

WHOLE = 1 - 1e-9


def clip_records(
    records: Sequence[Record], boundary: Any
) -> tuple[list[Record], list[int], tuple[str, ...]]:
    """
    Keep the records that touch the boundary's inside; cut population zones at it.

    A zone across the boundary keeps the share of its people that equals the share of its area
    inside: people are taken to be spread evenly within one zone.

    Returns
    -------
    kept
        The records inside.
    numbers
        Their numbers in `records`.
    notes
        What was left out or cut, in people where zones are concerned.
    """
    shapely.prepare(boundary)
    shapes = np.array([getattr(record, "geometry", None) for record in records], dtype=object)
    inside = shapely.is_missing(shapes) | shapely.intersects(boundary, shapes)
    numbers = np.flatnonzero(inside).tolist()
    if records and isinstance(records[0], PopulationZoneRecord):
        return _clip_zones(records, numbers, boundary)  # type: ignore[arg-type]
    return [records[number] for number in numbers], numbers, ()


def _clip_zones(
    zones: Sequence[PopulationZoneRecord], numbers: Sequence[int], boundary: Any
) -> tuple[list[Record], list[int], tuple[str, ...]]:
    kept: list[Record] = []
    kept_numbers: list[int] = []
    cut = 0
    for number in numbers:
        zone = zones[number]
        inner = shapely.intersection(zone.geometry, boundary)
        share = float(shapely.area(inner) / shapely.area(zone.geometry))
        if share <= 1 - WHOLE:
            continue
        if share < WHOLE:
            cut += 1
            zone = replace(zone, geometry=inner, people=zone.people * share)
        kept.append(zone)
        kept_numbers.append(number)
    total = sum(zone.people for zone in zones)
    inside = sum(zone.people for zone in kept)  # type: ignore[attr-defined]
    note = (
        f"{len(zones) - len(kept)} of {len(zones)} zones lie outside the boundary and {cut} are"
        f" cut by it: {inside:.0f} of {total:.0f} people are inside"
    )
    return kept, kept_numbers, (note,) if cut or len(kept) < len(zones) else ()
