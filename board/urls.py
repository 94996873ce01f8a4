from django.urls import path

from board import views

app_name = "board"
urlpatterns = [
    path("", views.situation, name="situation"),
    path("board/areas.geojson", views.areas, name="areas"),
    path("board/sites.geojson", views.sites, name="sites"),
]
