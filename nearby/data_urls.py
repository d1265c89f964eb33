"""Addresses of data the page asks for: the same in every language."""

from django.urls import path

from nearby import app_views

app_name = "nearby_data"

urlpatterns = [
    path("sw.js", app_views.service_worker, name="service_worker"),
    path("manifest.webmanifest", app_views.manifest, name="manifest"),
]
