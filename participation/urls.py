"""Addresses of pages; each exists in every language."""

from django.urls import path

from participation import views

app_name = "participation"

urlpatterns = [
    path("reports/", views.find, name="find"),
    path("reports/<str:number>/", views.status, name="status"),
    path("reports/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:city>/report/<slug:kind>/<slug:identifier>/", views.report, name="report"),
]
