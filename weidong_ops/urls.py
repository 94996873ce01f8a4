"""Every address of the platform, one line an app."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from core.urls import api_urlpatterns as core_api

urlpatterns = [
    path("", include("core.urls")),
    path("", include("messaging.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((core_api, "api_core"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
