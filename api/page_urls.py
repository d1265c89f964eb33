"""Addresses of pages; each exists in every language."""

from django.urls import path

from api import embedding

app_name = "api_pages"

urlpatterns = [
    path("embed/<slug:city>/", embedding.frame, name="embed"),
]
