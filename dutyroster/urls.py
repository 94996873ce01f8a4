from django.urls import URLPattern

app_name = "dutyroster"
urlpatterns: list[URLPattern] = []
api_urlpatterns: list[URLPattern] = []
