"""Addresses of the whole service."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from layers.http import limited

# Guessing passwords is rationed by the same measure as everything else.
admin.site.login = limited("sign_in", methods=("POST",))(admin.site.login)

urlpatterns = [
    path("", include("layers.data_urls")),
    path("", include("nearby.data_urls")),
    path("", include("api.urls")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("nearby.urls")),
        path("", include("participation.urls")),
        path("", include("api.page_urls")),
        path("", include("layers.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "layers.views.bad_request"
handler403 = "layers.views.permission_denied"
handler404 = "layers.views.page_not_found"
handler500 = "layers.views.server_error"
