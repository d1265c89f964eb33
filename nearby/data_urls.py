"""Addresses of data the page asks for: the same in every language."""

from django.urls import URLPattern

app_name = "nearby_data"

urlpatterns: list[URLPattern] = []
