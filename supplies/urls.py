from django.urls import URLPattern

app_name = "supplies"
urlpatterns: list[URLPattern] = []
api_urlpatterns: list[URLPattern] = []
