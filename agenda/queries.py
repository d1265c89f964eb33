"""What is on, and when."""

from datetime import datetime

from django.contrib.gis.db.models import GeometryField
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce

from agenda.models import Event
from mapping.models import City
from mapping.queries.search import Source


def upcoming(city: City, moment: datetime) -> QuerySet[Event]:
    """Events that still happen after a moment, with the next time as `next_at`, soonest first."""
    ahead = Q(occurrences__starts_at__gte=moment) | Q(occurrences__ends_at__gte=moment)
    return (
        Event.objects.filter(city=city)
        .exclude(status=Event.Status.CANCELLED)
        .annotate(next_at=Min("occurrences__starts_at", filter=ahead))
        .filter(next_at__isnull=False)
        .select_related("institution", "center")
        .order_by("next_at", "pk")
    )


def placed(events: QuerySet[Event]) -> QuerySet[Event]:
    """Events with where they happen as `place`: their own, or that of their host, or nothing."""
    return events.annotate(
        place=Coalesce(
            "geometry", "institution__point", "center__geometry", output_field=GeometryField()
        )
    )


def with_place(events: QuerySet[Event]) -> QuerySet[Event]:
    """Events that happen somewhere known, as `place`."""
    return placed(events).filter(place__isnull=False)


SEARCHED = Source(
    "event",
    "agenda_event",
    "mapping_fold(title || ' ' || title_en)",
    label="title",
    label_en="title_en",
    point="ST_Centroid(geometry)",
    where="status <> 'cancelled' AND id IN "
    "(SELECT event_id FROM agenda_occurrence WHERE COALESCE(ends_at, starts_at) >= now())",
    weight=0.05,
)
"""How coming events are found by their titles."""
