"""Events of a city pack."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from agenda.models import Event, Occurrence
from mapping.importers.records import EventRecord
from mapping.services.tables import LoadContext, PackTable, to_geos

COPIED = (
    "title",
    "title_en",
    "kind",
    "age_mark",
    "is_free",
    "price_min",
    "pushkin_card",
    "description",
    "url",
    "source_note",
    "synthetic",
)


def _event(record: EventRecord, context: LoadContext) -> dict[str, Any]:
    return {name: getattr(record, name) for name in COPIED} | {
        "city_id": context.city.pk,
        "institution_id": context.find_id("institutions", record.institution_key),
        "center_id": context.find_id("centers", record.center_key),
        "geometry": to_geos(record.geometry),
    }


def _in_city_time(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment


def _write_occurrences(records: list[EventRecord], context: LoadContext) -> int:
    """Bring the times of every event to what the pack says; tells how many were not so."""
    zone = ZoneInfo(context.city.timezone)
    wanted = {
        (context.ids["events"][record.source_key], _in_city_time(time.starts_at, zone)): (
            _in_city_time(time.ends_at, zone)
        )
        for record in records
        for time in record.occurrences
    }
    events = [context.ids["events"][record.source_key] for record in records]
    stored = {
        (occurrence.event_id, occurrence.starts_at): occurrence
        for occurrence in Occurrence.objects.filter(event_id__in=events)
    }
    kept = {key for key in wanted if key in stored and stored[key].ends_at == wanted[key]}
    gone = [stored[key].pk for key in stored if key not in kept]
    Occurrence.objects.filter(pk__in=gone).delete()
    made = Occurrence.objects.bulk_create(
        Occurrence(event_id=event_id, starts_at=starts_at, ends_at=wanted[event_id, starts_at])
        for event_id, starts_at in wanted
        if (event_id, starts_at) not in kept
    )
    return len(gone) + len(made)


TABLES = (PackTable("events", Event, _event, True, _write_occurrences),)
