"""Addresses of data: the same in every language, the words inside follow `lang`."""

from django.urls import path

from layers import tile_views, views
from layers.lazy import lazily

app_name = "data"

urlpatterns = [
    path("data/<slug:city>/layers.json", views.manifest, name="manifest"),
    path("data/<slug:city>/layers/<slug:layer>.geojson", views.features, name="features"),
    path("tiles/<slug:city>/base.json", tile_views.base_tilejson, name="base_tilejson"),
    path("tiles/<slug:city>/<int:z>/<int:x>/<int:y>.mvt", tile_views.base_tile, name="base_tile"),
    path("tiles/<slug:city>/<slug:layer>.json", tile_views.tilejson, name="tilejson"),
    path(
        "tiles/<slug:city>/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt",
        tile_views.feature_tile,
        name="feature_tile",
    ),
    path(
        "pictures/<slug:city>/<slug:kind>/<slug:identifier>.png",
        lazily("picture_views.place"),
        name="picture",
    ),
    path("photos/<uuid:token>-<int:side_px>.webp", lazily("photo_views.photo"), name="photo"),
    path("healthz", views.health, name="health"),
    path("data/<slug:city>/jobs/<uuid:job>/", lazily("planner_views.job"), name="job"),
    path(
        "data/<slug:city>/jobs/<uuid:job>/cancel/",
        lazily("planner_views.job_cancel"),
        name="job_cancel",
    ),
    path(
        "data/<slug:city>/runs/<int:run>/layers.json",
        lazily("planner_views.layers"),
        name="run_layers",
    ),
    path(
        "data/<slug:city>/runs/<int:run>/<slug:table>.geojson",
        lazily("planner_views.features"),
        name="run_features",
    ),
    path("data/<slug:city>/whatif/", lazily("whatif_views.whatif"), name="whatif"),
]
