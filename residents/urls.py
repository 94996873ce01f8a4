from django.urls import path

from residents import views

app_name = "residents"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("danger/", views.danger, name="danger"),
    path("danger/<uuid:uuid>/", views.danger_sent, name="danger_sent"),
    path("a/<str:token>/", views.answer, name="answer"),
    path("<str:area_code>/", views.notices, name="area"),
]
