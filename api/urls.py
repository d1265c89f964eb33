"""Addresses of data for programs: the same in every language."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.http import require_safe
from rest_framework.urlpatterns import format_suffix_patterns

from api import areas, documentation, embedding, ogc, sitemaps
from api.doors import without_slash
from api.resources import RESOURCES
from api.schema import described
from api.views import LayerView, SchemaView
from layers.http import limited

app_name = "api"

V1 = [
    path("api/v1/layers", LayerView.as_view({"get": "find"}), name="layers"),
]
for resource in RESOURCES:
    view = described(resource)
    V1 += [
        path(f"api/v1/{resource.name}", view.as_view({"get": "find"}), name=resource.name),
        path(
            f"api/v1/{resource.name}/<str:pk>",
            view.as_view({"get": "show"}),
            name=f"{resource.name}_one",
        ),
    ]

OGC = [
    path("ogc/api", ogc.schema, name="schema_ogc"),
    path("ogc/conformance", ogc.conformance, name="ogc_conformance"),
    path("ogc/collections", ogc.collections, name="ogc_collections"),
    path("ogc/collections/<str:name>", ogc.collection, name="ogc_collection"),
    path("ogc/collections/<str:name>/items", ogc.items, name="ogc_items"),
    path("ogc/collections/<str:name>/items/<str:identifier>", ogc.item, name="ogc_item"),
]

urlpatterns = [
    path("api/", documentation.page, name="docs"),
    path("api/v1/", documentation.root, name="root"),
    path("api/v1/schema", SchemaView.as_view(), name="schema"),
    *format_suffix_patterns(V1, suffix_required=False),
    path("ogc/", ogc.landing, name="ogc"),
    *OGC,
    path("api/v1/schema/", without_slash),
    *(path(f"{each.pattern}/", without_slash) for each in V1 + OGC),
    path("areas/at/<str:place>", areas.at, name="areas"),
    path("oembed", embedding.oembed, name="oembed"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml",
        limited("api")(require_safe(index)),
        {"sitemaps": sitemaps.SITEMAPS, "sitemap_url_name": "api:sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<str:section>.xml",
        limited("api")(require_safe(sitemap)),
        {"sitemaps": sitemaps.SITEMAPS},
        name="sitemap_section",
    ),
]
