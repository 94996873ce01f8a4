from django.urls import path

from territory import api
from territory.views import imports, setup

app_name = "territory"

urlpatterns = [
    path("areas/", setup.areas, name="areas"),
    path("areas/import/", imports.import_areas, name="import_areas"),
    path("areas/import/<int:pk>/", imports.areas_report, name="areas_report"),
    path("households/import/", imports.import_roll, name="import_roll"),
    path("households/import/<int:pk>/", imports.roll_report, name="roll_report"),
    path("households/import/<int:pk>/report.xlsx", imports.download_report, name="download_report"),
]
api_urlpatterns = [
    path("areas/", api.AreasView.as_view(), name="areas"),
    path("areas/import/", api.AreasImportView.as_view(), name="import_areas"),
    path("households/", api.HouseholdsView.as_view(), name="households"),
    path("households/import/", api.RollImportView.as_view(), name="import_roll"),
]
