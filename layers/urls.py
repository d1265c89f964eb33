"""Addresses of pages; each exists in every language."""

from django.urls import path

from layers import views
from layers.lazy import lazily

app_name = "layers"

urlpatterns = [
    path("<slug:city>/", views.map_page, name="map"),
    path("<slug:city>/panel/", views.panel_fragment, name="panel"),
    path("<slug:city>/card/<slug:kind>/<slug:identifier>/", views.card, name="card"),
    path("<slug:city>/runs/<int:run>/", views.run_page, name="run"),
    path("<slug:city>/about/", views.about, name="about"),
    path("<slug:city>/export/map.html", views.export_map, name="export_map"),
    path(
        "<slug:city>/export/report.pdf", lazily("pdf_views.coverage_report"), name="export_report"
    ),
    path(
        "<slug:city>/export/coverage.<slug:extension>",
        views.export_coverage,
        name="export_coverage",
    ),
    path("<slug:city>/planner/", lazily("planner_views.page"), name="planner"),
    path("<slug:city>/planner/ask/", lazily("planner_views.ask"), name="ask"),
    path("<slug:city>/planner/result/<int:run>/", lazily("planner_views.result"), name="result"),
    path(
        "<slug:city>/planner/runs/<int:run>/map.html",
        lazily("planner_views.export_map"),
        name="export_run_map",
    ),
    path(
        "<slug:city>/planner/runs/<int:run>/report.pdf",
        lazily("pdf_views.run_report"),
        name="export_pdf",
    ),
    path(
        "<slug:city>/planner/runs/<int:run>/<slug:table>.<slug:extension>",
        lazily("planner_views.export_table"),
        name="export_table",
    ),
    path("<slug:city>/scenarios/", lazily("scenario_views.save"), name="scenario_save"),
    path(
        "<slug:city>/scenarios/compare/",
        lazily("scenario_views.comparison"),
        name="scenario_compare",
    ),
    path(
        "<slug:city>/scenarios/compare/table.<slug:extension>",
        lazily("scenario_views.export"),
        name="scenario_export",
    ),
    path(
        "<slug:city>/scenarios/<uuid:scenario>/",
        lazily("scenario_views.open_scenario"),
        name="scenario",
    ),
    path(
        "<slug:city>/scenarios/<uuid:scenario>/rename/",
        lazily("scenario_views.rename"),
        name="scenario_rename",
    ),
    path(
        "<slug:city>/scenarios/<uuid:scenario>/delete/",
        lazily("scenario_views.delete"),
        name="scenario_delete",
    ),
    path("<slug:city>/norms/", lazily("norm_views.norm_sets"), name="norm_sets"),
    path("<slug:city>/norms/import/", lazily("norm_views.load"), name="norms_import"),
    path("<slug:city>/norms/<slug:norm_set>/", lazily("norm_views.norm_set"), name="norm_set"),
    path(
        "<slug:city>/norms/<slug:norm_set>/norms.<slug:extension>",
        lazily("norm_views.export"),
        name="norms_export",
    ),
    path("<slug:city>/norms/<slug:norm_set>/copy/", lazily("norm_views.copy"), name="norms_copy"),
    path(
        "<slug:city>/norms/<slug:norm_set>/rename/",
        lazily("norm_views.rename"),
        name="norms_rename",
    ),
    path(
        "<slug:city>/norms/<slug:norm_set>/delete/",
        lazily("norm_views.delete"),
        name="norms_delete",
    ),
    path("<slug:city>/norms/<slug:norm_set>/add/", lazily("norm_views.add"), name="norms_add"),
    path(
        "<slug:city>/norms/<slug:norm_set>/rows/<int:norm>/",
        lazily("norm_views.edit"),
        name="norms_edit",
    ),
    path(
        "<slug:city>/norms/<slug:norm_set>/rows/<int:norm>/remove/",
        lazily("norm_views.remove"),
        name="norms_remove",
    ),
]
