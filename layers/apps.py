"""The app that shows things; it stores nothing of its own."""

from django.apps import AppConfig


class LayersConfig(AppConfig):
    name = "layers"
