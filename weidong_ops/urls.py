"""Every address of the platform, one line an app."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts.urls import api_urlpatterns as accounts_api
from assignments.urls import api_urlpatterns as assignments_api
from assignments.urls import link_urlpatterns
from core.urls import api_urlpatterns as core_api

urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("messaging.urls")),
    path("assignments/", include("assignments.urls")),
    path("t/", include(link_urlpatterns)),
    path("admin/", admin.site.urls),
    path("api/v1/", include((core_api, "api_core"))),
    path("api/v1/", include((accounts_api, "api_accounts"))),
    path("api/v1/", include((assignments_api, "api_assignments"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
