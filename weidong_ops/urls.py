"""Every address of the platform, one line an app."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.urls import api_urlpatterns as accounts_api
from alerts.urls import api_urlpatterns as alerts_api
from alerts.urls import feed_urlpatterns
from assignments.urls import api_urlpatterns as assignments_api
from assignments.urls import link_urlpatterns
from command.urls import api_urlpatterns as command_api
from core.urls import api_urlpatterns as core_api
from drills.urls import api_urlpatterns as drills_api
from dutyroster.urls import api_urlpatterns as dutyroster_api
from field.urls import api_urlpatterns as field_api
from hazards.urls import api_urlpatterns as hazards_api
from supplies.urls import api_urlpatterns as supplies_api
from territory.urls import api_urlpatterns as territory_api

urlpatterns = [
    # The API first: the addresses are tried in this order, and machines ask more often than people.
    path("api/v1/dutyroster/", include((dutyroster_api, "api_dutyroster"))),
    path("api/v1/supplies/", include((supplies_api, "api_supplies"))),
    path("api/v1/command/", include((command_api, "api_command"))),
    path("api/v1/field/", include((field_api, "api_field"))),
    path("api/v1/drills/", include((drills_api, "api_drills"))),
    path("api/v1/", include((core_api, "api_core"))),
    path("api/v1/", include((territory_api, "api_territory"))),
    path("api/v1/", include((accounts_api, "api_accounts"))),
    path("api/v1/", include((assignments_api, "api_assignments"))),
    path("api/v1/", include((alerts_api, "api_alerts"))),
    path("api/v1/", include((hazards_api, "api_hazards"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("", include("core.urls")),
    path("", include("territory.urls")),
    path("", include("accounts.urls")),
    path("", include("messaging.urls")),
    path("assignments/", include("assignments.urls")),
    path("alerts/", include("alerts.urls")),
    path("feeds/", include((feed_urlpatterns, "cap_feed"))),
    path("p/", include("residents.urls")),
    path("t/", include(link_urlpatterns)),
    path("", include("board.urls")),
    path("", include("field.urls")),
    path("", include("hazards.urls")),
    path("roster/", include("dutyroster.urls")),
    path("supplies/", include("supplies.urls")),
    path("command/", include("command.urls")),
    path("drills/", include("drills.urls")),
    path("admin/", admin.site.urls),
]
