"""Addresses of pages; each exists in every language."""

from django.urls import URLPattern

app_name = "participation"

urlpatterns: list[URLPattern] = []
