"""An event and its times for programs: schema.org in JSON-LD."""

from zoneinfo import ZoneInfo

from agenda.models import Event, Occurrence
from layers import links
from layers.choice import Choice
from layers.json_ld import CONTEXT, Node, clean, place

STATUSES = {
    Event.Status.SCHEDULED: "https://schema.org/EventScheduled",
    Event.Status.RESCHEDULED: "https://schema.org/EventRescheduled",
    Event.Status.CANCELLED: "https://schema.org/EventCancelled",
}
CURRENCIES = {"RU": "RUB"}
"""Country → currency of its prices; elsewhere the price is left to the page's words."""
# What 436-ФЗ marks say as schema.org writes an age.
AGES = {"0+": "0-", "6+": "6-", "12+": "12-", "16+": "16-", "18+": "18-"}


def event(row: Event, choice: Choice, times: list[Occurrence], url: str) -> Node | None:
    """The event at its next time, the later ones beneath it; None when it has no time left."""
    if not times:
        return None
    first, *later = times
    zone = ZoneInfo(choice.city.timezone)
    node = clean(
        {
            "@context": CONTEXT,
            "@type": "Event",
            "@id": url,
            "url": url,
            "name": row.label,
            "description": row.description,
            "eventStatus": STATUSES[Event.Status(row.status)],
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "typicalAgeRange": AGES.get(row.age_mark, ""),
            "isAccessibleForFree": row.is_free,
            "offers": _offer(row, choice.city.country),
            "location": _location(row, choice),
            "organizer": _organizer(row),
            "sameAs": row.url if row.url.startswith(("http://", "https://")) else "",
        }
    )
    node |= _span(first, zone)
    if later:
        node["subEvent"] = [
            {
                "@type": "Event",
                "name": row.label,
                "location": node.get("location"),
                **_span(each, zone),
            }
            for each in later
        ]
    return node


def _span(time: Occurrence, zone: ZoneInfo) -> Node:
    ends = time.ends_at
    return clean(
        {
            "startDate": time.starts_at.astimezone(zone).isoformat(),
            "endDate": ends.astimezone(zone).isoformat() if ends else "",
        }
    )


def _offer(row: Event, country: str) -> Node | None:
    price = 0 if row.is_free else row.price_min
    if price is None or country not in CURRENCIES:
        return None
    return {"@type": "Offer", "price": price, "priceCurrency": CURRENCIES[country]}


def _location(row: Event, choice: Choice) -> Node | None:
    host = row.institution or row.center
    if host is not None:
        kind = "institution" if row.institution else "center"
        point = host.point if row.institution else host.geometry
        url = links.thing_url(choice.city, kind, host.pk)
        return place(host, "Place", choice.city, host.address, point, url)
    if row.geometry is None:
        return None
    return place(row, "Place", choice.city, "", row.geometry, "")


def _organizer(row: Event) -> Node | None:
    return {"@type": "Organization", "name": row.organizer.name} if row.organizer else None
