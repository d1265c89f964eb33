"""Addresses of data for programs: the same in every language."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import path
from django.views.decorators.http import require_safe

from api import areas, embedding, sitemaps

app_name = "api"

urlpatterns = [
    path("areas/at/<str:place>", areas.at, name="areas"),
    path("oembed", embedding.oembed, name="oembed"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml",
        require_safe(index),
        {"sitemaps": sitemaps.SITEMAPS, "sitemap_url_name": "api:sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<str:section>.xml",
        require_safe(sitemap),
        {"sitemaps": sitemaps.SITEMAPS},
        name="sitemap_section",
    ),
]
