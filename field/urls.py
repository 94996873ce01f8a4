from django.urls import path

from field.api import views as api
from field.api.grids import GridsView, LedgerView
from field.views import grids, phone, records

app_name = "field"
urlpatterns = [
    path("field/", phone.home, name="home"),
    path("field/work/", phone.work, name="work"),
    path("field/sw.js", phone.worker, name="worker"),
    path("field/manifest.webmanifest", phone.manifest, name="manifest"),
    path("field/doors/", phone.doors, name="doors"),
    path("field/danger/", phone.danger, name="danger"),
    path("field/danger/<uuid:uuid>/", phone.danger_sent, name="danger_sent"),
    path("field/grids/", grids.listing, name="grids"),
    path("field/grids/export/", grids.export, name="grids_export"),
    path("field/grids/<str:code>/", grids.page, name="grid"),
    path("field/ledger/", grids.ledger, name="ledger"),
    path("field/ledger/export/", grids.ledger_export, name="ledger_export"),
    path("field/refused/", records.refused, name="refused"),
    path("field/refused/<uuid:uuid>/settle/", records.settle, name="settle"),
    path("field/files/", records.files, name="files"),
    path("field/files/<int:pk>/", records.file, name="file"),
]
api_urlpatterns = [
    path("grids/", GridsView.as_view(), name="grids"),
    path("grids/ledger/", LedgerView.as_view(), name="ledger"),
    path("records/", api.RecordsView.as_view(), name="records"),
    path("records/<uuid:uuid>/", api.RecordView.as_view(), name="record"),
    path("pack/", api.PackView.as_view(), name="pack"),
    path("devices/", api.DevicesView.as_view(), name="devices"),
]
