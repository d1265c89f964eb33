"""Addresses of data for programs: the same in every language."""

from django.urls import URLPattern

app_name = "api"

urlpatterns: list[URLPattern] = []
