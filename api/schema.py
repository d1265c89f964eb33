"""How the open data describes itself: OpenAPI 3 from the same definitions that answer."""

from copy import deepcopy
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers as s

from api import files, filters
from api.files import TYPES
from api.filters import Filter
from api.problems import CONTENT_TYPE
from api.resources import RUNS, Resource
from api.views import CURSOR, MOST_ON_PAGE, USUAL_ROWS, LayerView, ResourceView, SchemaView
from mapping.models import License

PROBLEM = type(
    "Problem",
    (s.Serializer,),
    {
        "type": s.CharField(),
        "title": s.CharField(),
        "status": s.IntegerField(),
        "detail": s.CharField(required=False, help_text="What was got and what was wanted."),
        "parameter": s.CharField(required=False),
        "got": s.CharField(required=False),
        "wanted": s.CharField(required=False),
        "known": s.ListField(child=s.CharField(), required=False),
    },
)
SOURCE = type(
    "Source",
    (s.Serializer,),
    {name: s.CharField(allow_blank=True) for name in ("title", "license", "attribution", "url")},
)
LAYER = type(
    "Layer",
    (s.Serializer,),
    {
        "key": s.CharField(),
        "title": s.CharField(),
        "group": s.CharField(),
        "kind": s.CharField(),
        "count": s.IntegerField(allow_null=True),
        "geojson": s.CharField(allow_null=True, help_text="Address of its features."),
    },
)
PHOTO = type(
    "Photo",
    (s.Serializer,),
    {
        "url": s.URLField(help_text="WebP, at most 1600 pixels wide and high."),
        "thumbnail_url": s.URLField(help_text="WebP, at most 800 pixels wide and high."),
        "width": s.IntegerField(),
        "height": s.IntegerField(),
        "alt": s.CharField(help_text="What is to be seen on it."),
        "caption": s.CharField(allow_blank=True),
        "author": s.CharField(),
        "license": s.ChoiceField(choices=License.values, help_text="Name in SPDX, or other."),
        "license_url": s.CharField(allow_blank=True),
        "license_note": s.CharField(allow_blank=True, help_text="By whose leave, in words."),
        "source_url": s.CharField(allow_blank=True),
        "taken_year": s.IntegerField(allow_null=True),
    },
)
TABLE = type(
    "Table",
    (s.Serializer,),
    {
        "name": s.CharField(),
        "rows": s.IntegerField(),
        "files": s.DictField(child=s.URLField(), help_text="Form → address of the file."),
    },
)
LANG = OpenApiParameter(
    "lang",
    {"type": "string", "enum": sorted(dict(settings.LANGUAGES))},
    description="Language of titles and of the pages that are linked; ru unless said.",
)
PAGING = [
    OpenApiParameter(
        "cursor",
        {"type": "string", "pattern": f"^{CURSOR}$"},
        description="From `next` of the page before.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_ON_PAGE, "default": USUAL_ROWS},
        description="Rows on a page.",
    ),
]
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    {"type": "integer", "minimum": 1},
    OpenApiParameter.HEADER,
    description="Seconds to wait.",
    response=[429, 503],
)
TAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, description="For `If-None-Match`.", response=[200]
)


def leave_out_suffixes(endpoints: list[Any], **_: Any) -> list[Any]:
    """Addresses with a suffix are other names of the same things, told once."""
    return [each for each in endpoints if "{suffix}" not in each[0]]


def _parameter(asked: Filter) -> OpenApiParameter:
    listed = asked.schema["type"] == "array"
    value: Any = asked.example.split(",") if listed else asked.example
    if asked.schema.get("items", {}).get("type") == "number":
        value = [float(each) for each in value]
    return OpenApiParameter(
        asked.name,
        dict(asked.schema),
        description=str(asked.text),
        style="form" if listed else None,
        # Kinds are repeated, the corners of a box are not.
        explode=asked.name == "kind" if listed else None,
        examples=[OpenApiExample(asked.name, value)] if asked.example else None,
    )


def _geometry(resource: Resource) -> s.Field:
    told = {
        "type": "object",
        "nullable": True,
        "description": "GeoJSON, longitude and latitude of WGS 84; null where not known.",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": list(resource.shapes)},
            "coordinates": {"type": "array", "items": {}},
        },
    }
    field = type("GeometryField", (s.JSONField,), {})
    return extend_schema_field(told)(field)()


def _row(resource: Resource) -> type[s.Serializer]:
    fields: dict[str, s.Field] = {name: deepcopy(field) for name, field in files.told(resource)}
    if resource.geometry:
        fields["geometry"] = _geometry(resource)
        fields["walk_minutes"] = s.FloatField(required=False, help_text="Where `near` was asked.")
    if resource.card:
        fields["page"] = s.URLField(help_text="The same for people.")
    if resource.photos:
        fields["photos"] = PHOTO(many=True, help_text="Each with its author and terms.")
    if resource is RUNS:
        fields["tables"] = TABLE(many=True, help_text="Its rows, as files.")
    return type(_title(resource), (s.Serializer,), fields)


def _page(name: str, row: type[s.Serializer], **more: s.Field) -> type[s.Serializer]:
    fields = {
        "next": s.URLField(allow_null=True, help_text="Address of the next page."),
        "results": row(many=True),
        "sources": SOURCE(many=True),
        **more,
    }
    return type(f"{name}Page", (s.Serializer,), fields)


def _title(resource: Resource) -> str:
    return resource.name.title().replace("_", "")


def _refusals(*statuses: int) -> dict[Any, OpenApiResponse]:
    words = {
        400: "A parameter makes no sense.",
        404: "Nothing of that name is held here.",
        405: "Only reading is possible.",
        406: "The form that the reader accepts is not among those there are.",
        429: "Too many requests; `Retry-After` says when to come back.",
        503: "The database is away; `Retry-After` says when to come back.",
    }
    known = (*statuses, 405, 406, 429, 503)
    told = {(status, CONTENT_TYPE): OpenApiResponse(PROBLEM, words[status]) for status in known}
    return told | {414: OpenApiResponse(None, "The address is longer than 4,000 characters.")}


def _content(form: str) -> OpenApiTypes:
    """What a file is to a program that knows JSON alone."""
    return OpenApiTypes.OBJECT if form == "geojson" else OpenApiTypes.BINARY


def described(resource: Resource) -> type[ResourceView]:
    """The view of a resource with its place in the schema."""
    row, tag = _row(resource), [resource.name]
    hours = {"unknown_hours": s.IntegerField(required=False)} if resource.schedules else {}
    forms = files.forms_of(resource)
    view = type(f"{_title(resource)}View", (ResourceView,), {"resource": resource})
    schema_of_list = extend_schema(
        operation_id=f"{resource.name}_find",
        summary=str(resource.title),
        description=f"Rows in the order of their ids. As files: {', '.join(forms)} — by suffix "
        f"(`/{resource.name}.csv`) or `format=csv`.",
        tags=tag,
        parameters=[
            *map(_parameter, filters.of(resource)),
            *PAGING,
            OpenApiParameter("format", {"type": "string", "enum": ["json", *forms]}),
            LANG,
            RETRY_AFTER,
            TAG,
        ],
        responses={
            (200, "application/json"): _page(_title(resource), row, **hours),
            **{(200, TYPES[form]): _content(form) for form in forms},
            **_refusals(400, 404),
        },
        filters=False,
    )
    schema_of_one = extend_schema(
        operation_id=f"{resource.name}_show",
        summary=f"{resource.title}: one row",
        tags=tag,
        parameters=[
            OpenApiParameter("id", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH),
            OpenApiParameter("format", {"type": "string", "enum": ["json"]}),
            LANG,
            RETRY_AFTER,
            TAG,
        ],
        responses={(200, "application/json"): row, **_refusals(400, 404)},
    )
    view.find = schema_of_list(_own(ResourceView.find))
    view.show = schema_of_one(_own(ResourceView.show))
    return view


def _own(method: Any) -> Any:
    """A method of its own for one view, so that a description is not shared by all."""

    def answer(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, request, *args, **kwargs)

    answer.__name__, answer.__doc__ = method.__name__, method.__doc__
    return answer


LayerView.find = extend_schema(
    operation_id="layers_find",
    summary="Layers of a city's map",
    tags=["layers"],
    parameters=[
        OpenApiParameter(
            "city", dict(filters.CITY.schema), required=True, description=str(filters.CITY.text)
        ),
        OpenApiParameter("format", {"type": "string", "enum": ["json"]}),
        LANG,
        RETRY_AFTER,
        TAG,
    ],
    responses={(200, "application/json"): _page("Layers", LAYER), **_refusals(400, 404)},
)(LayerView.find)
SchemaView.get = extend_schema(exclude=True)(SchemaView.get)
