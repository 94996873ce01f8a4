from django.urls import path

from field import views

app_name = "field"
urlpatterns = [
    path("field/", views.home, name="home"),
    path("field/doors/", views.doors, name="doors"),
    path("field/danger/", views.danger, name="danger"),
    path("field/danger/<uuid:uuid>/", views.danger_sent, name="danger_sent"),
]
