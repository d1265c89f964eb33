"""Addresses of pages; each exists in every language."""

from django.urls import path

from nearby import app_views, views

app_name = "nearby"

urlpatterns = [
    path("", views.home, name="home"),
    path("favourites/", app_views.favourites, name="favourites"),
    path("offline/", app_views.offline, name="offline"),
    path("<slug:city>/near/", views.near, name="near"),
]
