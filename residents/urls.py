from django.urls import path

from residents.views import answer, danger, notices

app_name = "residents"
urlpatterns = [
    path("", notices.notices, name="notices"),
    path("danger/", danger.danger, name="danger"),
    path("danger/<uuid:uuid>/", danger.danger_sent, name="danger_sent"),
    path("a/<str:token>/", answer.answer, name="answer"),
    path("<str:area_code>/", notices.notices, name="area"),
]
