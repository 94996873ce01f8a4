from django.urls import path

from messaging.views import accounts, hooks, register, robots

app_name = "messaging"
urlpatterns = [
    path("hooks/receipts/<slug:gateway>/", hooks.receipts, name="receipts"),
    path("hooks/replies/<slug:gateway>/", hooks.replies, name="replies"),
    path("messaging/accounts/", accounts.listing, name="accounts"),
    path("messaging/accounts/<slug:name>/test/", accounts.test, name="account_test"),
    path("messaging/accounts/<slug:name>/off/", accounts.off, name="account_off"),
    path("messaging/accounts/<slug:name>/on/", accounts.on, name="account_on"),
    path("messaging/robots/", robots.listing, name="robots"),
    path("messaging/robots/new/", robots.edit, name="robot_new"),
    path("messaging/robots/<int:pk>/", robots.edit, name="robot"),
    path("messaging/robots/<int:pk>/retire/", robots.retire, name="robot_retire"),
    path("messaging/robots/<int:pk>/test/", robots.test, name="robot_test"),
    path("messaging/templates/", register.templates, name="templates"),
    path("messaging/templates/register.xlsx", register.sheet, name="templates_sheet"),
    path("messaging/templates/signature/<slug:account>/", register.signature, name="signature"),
    path(
        "messaging/templates/<slug:kind>/<slug:account>/<slug:purpose>/<slug:language>/",
        register.template,
        name="template",
    ),
]
