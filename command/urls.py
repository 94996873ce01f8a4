from django.urls import URLPattern

app_name = "command"
urlpatterns: list[URLPattern] = []
api_urlpatterns: list[URLPattern] = []
