from django.urls import URLPattern, path

from command.api.dangers import ClosuresView, ClosureView, DangersView, DangerView, HelpRequestsView, HelpRequestView
from command.views import closures, dangers
from command.views import help as calls

app_name = "command"
urlpatterns: list[URLPattern] = [
    path("dangers/", dangers.dangers, name="dangers"),
    path("dangers/export/", dangers.export, name="dangers_export"),
    path("dangers/layer/", dangers.layer, name="dangers_layer"),
    path("dangers/new/", dangers.new, name="danger_new"),
    path("dangers/from-note/<uuid:uuid>/", dangers.from_note, name="danger_from_note"),
    path("dangers/<uuid:uuid>/", dangers.danger, name="danger"),
    path("dangers/<uuid:uuid>/<slug:verb>/", dangers.act, name="danger_act"),
    path("help/", calls.requests, name="help"),
    path("help/export/", calls.export, name="help_export"),
    path("help/new/", calls.new, name="help_new"),
    path("help/from-note/<uuid:uuid>/", calls.from_note, name="help_from_note"),
    path("help/<uuid:uuid>/", calls.page, name="help_request"),
    path("help/<uuid:uuid>/<slug:verb>/", calls.act, name="help_act"),
    path("closures/", closures.closures, name="closures"),
    path("closures/layer/", closures.layer, name="closures_layer"),
    path("closures/new/", closures.roads, name="roads"),
    path("closures/new/<str:code>/", closures.water, name="water"),
    path("closures/<uuid:uuid>/", closures.page, name="closure"),
    path("closures/<uuid:uuid>/ask/", closures.ask, name="closure_ask"),
    path("closures/<uuid:uuid>/reopen/", closures.reopen, name="closure_reopen"),
]
api_urlpatterns: list[URLPattern] = [
    path("dangers/", DangersView.as_view(), name="dangers"),
    path("dangers/<uuid:uuid>/", DangerView.as_view(), name="danger"),
    path("dangers/<uuid:uuid>/<slug:verb>/", DangerView.as_view(), name="danger_act"),
    path("help/", HelpRequestsView.as_view(), name="help"),
    path("help/<uuid:uuid>/", HelpRequestView.as_view(), name="help_request"),
    path("help/<uuid:uuid>/<slug:verb>/", HelpRequestView.as_view(), name="help_act"),
    path("closures/", ClosuresView.as_view(), name="closures"),
    path("closures/<uuid:uuid>/", ClosureView.as_view(), name="closure"),
    path("closures/<uuid:uuid>/<slug:verb>/", ClosureView.as_view(), name="closure_act"),
]
