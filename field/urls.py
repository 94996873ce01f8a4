from django.urls import path

from field import views
from field.api import views as api

app_name = "field"
urlpatterns = [
    path("field/", views.home, name="home"),
    path("field/work/", views.work, name="work"),
    path("field/sw.js", views.worker, name="worker"),
    path("field/manifest.webmanifest", views.manifest, name="manifest"),
    path("field/doors/", views.doors, name="doors"),
    path("field/danger/", views.danger, name="danger"),
    path("field/danger/<uuid:uuid>/", views.danger_sent, name="danger_sent"),
]
api_urlpatterns = [
    path("records/", api.RecordsView.as_view(), name="records"),
    path("records/<uuid:uuid>/", api.RecordView.as_view(), name="record"),
    path("pack/", api.PackView.as_view(), name="pack"),
    path("devices/", api.DevicesView.as_view(), name="devices"),
]
