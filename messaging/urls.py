from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("hooks/receipts/<slug:gateway>/", views.receipts, name="receipts"),
    path("hooks/replies/<slug:gateway>/", views.replies, name="replies"),
]
