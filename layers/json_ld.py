"""
What pages say of themselves to programs: schema.org in JSON-LD.

Addresses are written relative here; `absolute` makes them whole for the host that is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.gis.geos import Point

from layers.photos import Shown
from mapping.hours import Schedule
from mapping.hours.spec import to_schema_org
from mapping.models import City, Institution, NeighborCenter
from mapping.models.institutions import Accessibility

Node = dict[str, Any]
CONTEXT = "https://schema.org"
ADDRESSES = frozenset({"@id", "url", "image", "contentUrl", "thumbnailUrl"})
# schema.org names what a visitor can rely on; what is not known is left out, never denied.
FEATURES = {
    Accessibility.WHEELCHAIR: ("wheelchair accessible entrance", True),
    Accessibility.WHEELCHAIR_LIMITED: ("partly wheelchair accessible entrance", True),
    Accessibility.NO_WHEELCHAIR: ("wheelchair accessible entrance", False),
    Accessibility.TOILET: ("accessible toilet", True),
    Accessibility.LOW_VISION: ("for people with low vision", True),
    Accessibility.HEARING: ("for people with impaired hearing", True),
    Accessibility.PRAM: ("convenient with a pram", True),
}
CLOSED = (Institution.Status.CLOSED, Institution.Status.PLANNED)


def institution(row: Institution, city: City, schedule: Schedule, url: str) -> Node:
    """A place of culture as its kind's schema.org type."""
    hours = {} if row.status in CLOSED else to_schema_org(schedule, schedule.as_of)
    return clean(
        {
            **place(row, row.kind.schema_org or "Place", city, row.address, row.point, url),
            "telephone": row.phone,
            "email": row.email,
            "sameAs": row.website if row.website.startswith(("http://", "https://")) else "",
            "maximumAttendeeCapacity": row.capacity,
            "amenityFeature": [_feature(code) for code in row.accessibility if code in FEATURES],
            "parentOrganization": _organization(row),
            **hours,
        }
    )


def center(row: NeighborCenter, city: City, schedule: Schedule, url: str) -> Node:
    """A neighbour centre."""
    # schema.org has no community centre of its own.
    node = place(row, "CivicStructure", city, row.address, row.geometry, url)
    return clean({**node, **to_schema_org(schedule, schedule.as_of)})


def place(row: Any, sort: str, city: City, address: str, point: Point | None, url: str) -> Node:
    """Name, address and position of anything that stands somewhere."""
    return clean(
        {
            "@context": CONTEXT,
            "@type": sort,
            "@id": url,
            "url": url,
            "name": row.label,
            "address": clean(
                {
                    "@type": "PostalAddress",
                    "streetAddress": address,
                    "addressLocality": city.name,
                    "addressCountry": city.country,
                }
            ),
            "geo": _geo(point),
        }
    )


def with_photos(node: Node, photos: Sequence[Shown]) -> Node:
    """The same place with its photos, each with its author and terms."""
    return clean({**node, "image": [_image(photo) for photo in photos]})


def _image(photo: Shown) -> Node:
    return clean(
        {
            "@type": "ImageObject",
            "contentUrl": photo.large_url,
            "thumbnailUrl": photo.url,
            "encodingFormat": "image/webp",
            "width": photo.large_width,
            "height": photo.large_height,
            "name": photo.caption,
            "description": photo.alt,
            "creditText": photo.author,
            "license": photo.license_url,
            "copyrightNotice": photo.license_note,
            "isBasedOn": photo.source_url,
            "dateCreated": str(photo.year or ""),
        }
    )


def _geo(point: Point | None) -> Node | None:
    if point is None:
        return None
    middle = point.centroid
    return {
        "@type": "GeoCoordinates",
        "latitude": round(middle.y, 6),
        "longitude": round(middle.x, 6),
    }


def _feature(code: str) -> Node:
    name, value = FEATURES[Accessibility(code)]
    return {"@type": "LocationFeatureSpecification", "name": name, "value": value}


def _organization(row: Institution) -> Node | None:
    if row.organization is None:
        return None
    return {"@type": "Organization", "name": row.organization.name}


def clean(node: Mapping[str, Any]) -> Node:
    """Without what is not known."""
    return {key: value for key, value in node.items() if value not in ("", None, [], {})}


def absolute(node: Any, whole: Callable[[str], str]) -> Any:
    """The same node with addresses that hold anywhere; `whole` is `request.build_absolute_uri`."""
    if isinstance(node, Mapping):
        return {
            key: whole(value)
            if key in ADDRESSES and isinstance(value, str) and value.startswith("/")
            else absolute(value, whole)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [absolute(each, whole) for each in node]
    return node
