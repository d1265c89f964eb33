"""Addresses of data the page asks for: the same in every language."""

from django.urls import path

from nearby import app_views, views

app_name = "nearby_data"

urlpatterns = [
    path("sw.js", app_views.service_worker, name="service_worker"),
    path("manifest.webmanifest", app_views.manifest, name="manifest"),
    path("data/<slug:city>/search.json", views.search, name="search"),
    path("data/<slug:city>/near.geojson", views.points, name="points"),
    path("data/<slug:city>/walk.json", views.walk, name="walk"),
]
