"""Addresses of data: the same in every language, the words inside follow `lang`."""

from django.urls import path

from layers import views

app_name = "data"

urlpatterns = [
    path("data/<slug:city>/layers.json", views.manifest, name="manifest"),
    path("data/<slug:city>/layers/<slug:layer>.geojson", views.features, name="features"),
    path("tiles/<slug:city>/<int:z>/<int:x>/<int:y>.mvt", views.base_tile, name="base_tile"),
    path("healthz", views.health, name="health"),
]
