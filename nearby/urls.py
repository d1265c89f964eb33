"""Addresses of pages; each exists in every language."""

from django.urls import path

from nearby import app_views

app_name = "nearby"

urlpatterns = [
    path("favourites/", app_views.favourites, name="favourites"),
    path("offline/", app_views.offline, name="offline"),
]
