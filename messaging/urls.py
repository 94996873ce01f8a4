from django.urls import path

from messaging.views import hooks

app_name = "messaging"
urlpatterns = [
    path("hooks/receipts/<slug:gateway>/", hooks.receipts, name="receipts"),
    path("hooks/replies/<slug:gateway>/", hooks.replies, name="replies"),
]
