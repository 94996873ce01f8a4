from django.urls import path

from messaging.views import hooks, register

app_name = "messaging"
urlpatterns = [
    path("hooks/receipts/<slug:gateway>/", hooks.receipts, name="receipts"),
    path("hooks/replies/<slug:gateway>/", hooks.replies, name="replies"),
    path("messaging/templates/", register.templates, name="templates"),
    path("messaging/templates/register.xlsx", register.sheet, name="templates_sheet"),
    path("messaging/templates/signature/<slug:account>/", register.signature, name="signature"),
    path(
        "messaging/templates/<slug:kind>/<slug:account>/<slug:purpose>/<slug:language>/",
        register.template,
        name="template",
    ),
]
