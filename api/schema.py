"""How the open data describes itself: OpenAPI 3 from the same definitions that answer."""

from copy import deepcopy
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers as s

from api import files
from api.files import TYPES
from api.filters import parameters_of
from api.problems import CONTENT_TYPE
from api.resources import Resource
from api.views import MOST_ON_PAGE, USUAL_ROWS, LayerView, ResourceView

PROBLEM = type(
    "Problem",
    (s.Serializer,),
    {
        "type": s.CharField(),
        "title": s.CharField(),
        "status": s.IntegerField(),
        "detail": s.CharField(required=False, help_text="What was got and what was wanted."),
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
PAGING = [
    OpenApiParameter("cursor", str, description="From `next` of the page before."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_ON_PAGE, "default": USUAL_ROWS},
        description="Rows on a page.",
    ),
]


def _row(resource: Resource) -> type[s.Serializer]:
    fields: dict[str, s.Field] = {
        name: deepcopy(field) for name, (_, field) in resource.fields.items()
    }
    if resource.geometry:
        fields["geometry"] = s.DictField(allow_null=True, help_text="GeoJSON, EPSG:4326.")
        fields["walk_minutes"] = s.FloatField(required=False, help_text="Where `near` was asked.")
    if resource.card:
        fields["page"] = s.URLField(help_text="The same for people.")
    return type(_title(resource), (s.Serializer,), fields)


def _page(name: str, row: type[s.Serializer], **more: s.Field) -> type[s.Serializer]:
    fields = {
        "next": s.CharField(allow_null=True, help_text="Address of the next page."),
        "results": row(many=True),
        "sources": SOURCE(many=True),
        **more,
    }
    return type(f"{name}Page", (s.Serializer,), fields)


def _title(resource: Resource) -> str:
    return resource.name.title().replace("_", "")


def _refusals(*statuses: int) -> dict[Any, OpenApiResponse]:
    words = {
        304: "Not changed since the `ETag` that was sent.",
        400: "A filter makes no sense.",
        404: "There is no such row.",
        429: "Too many requests; `Retry-After` says when to come back.",
    }
    return {(status, CONTENT_TYPE): OpenApiResponse(PROBLEM, words[status]) for status in statuses}


def described(resource: Resource) -> type[ResourceView]:
    """The view of a resource with its place in the schema."""
    row, tag = _row(resource), [resource.name]
    hours = {"unknown_hours": s.IntegerField(required=False)} if resource.schedules else {}
    forms = [form for form in TYPES if resource.geometry or form not in files.DRAWN]
    view = type(f"{_title(resource)}View", (ResourceView,), {"resource": resource})
    schema_of_list = extend_schema(
        operation_id=f"{resource.name}_find",
        summary=resource.title,
        description=f"Rows in the order of their ids. As files: {', '.join(forms)} — by suffix "
        f"(`/{resource.name}.csv`) or `format=csv`.",
        tags=tag,
        parameters=[
            *parameters_of(resource),
            *PAGING,
            OpenApiParameter("format", str, enum=["json", *forms]),
        ],
        responses={
            (200, "application/json"): _page(_title(resource), row, **hours),
            **{(200, TYPES[form]): OpenApiTypes.BINARY for form in forms},
            **_refusals(400, 404, 429),
        },
        filters=False,
    )
    schema_of_one = extend_schema(
        operation_id=f"{resource.name}_show",
        summary=f"{resource.title}: one row",
        tags=tag,
        parameters=[OpenApiParameter("pk", int, OpenApiParameter.PATH)],
        responses={(200, "application/json"): row, **_refusals(404, 429)},
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


LAYERS = extend_schema(
    operation_id="layers_find",
    summary="Layers of a city's map",
    tags=["layers"],
    parameters=[OpenApiParameter("city", str, required=True, description="Slug of a city.")],
    responses={
        (200, "application/json"): _page("Layers", LAYER),
        **_refusals(400, 429),
    },
)
LayerView.find = LAYERS(LayerView.find)
