"""Addresses of pages; each exists in every language."""

from django.urls import path

from layers import views

app_name = "layers"

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:city>/", views.map_page, name="map"),
    path("<slug:city>/panel/", views.panel_fragment, name="panel"),
    path("<slug:city>/card/<slug:kind>/<slug:identifier>/", views.card, name="card"),
    path("<slug:city>/runs/<int:run>/", views.run_page, name="run"),
    path("<slug:city>/about/", views.about, name="about"),
    path("<slug:city>/export/map.html", views.export_map, name="export_map"),
    path(
        "<slug:city>/export/coverage.<slug:extension>",
        views.export_coverage,
        name="export_coverage",
    ),
]
