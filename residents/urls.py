from django.urls import path

from residents.views import answer, card, danger, language, notices, shelters, subscribe
from residents.views import help as cries

app_name = "residents"
urlpatterns = [
    path("", notices.notices, name="notices"),
    path("advice/", notices.advice, name="advice"),
    path("danger/", danger.danger, name="danger"),
    path("danger/<uuid:uuid>/", danger.danger_sent, name="danger_sent"),
    path("help/", cries.ask, name="help"),
    path("help/<uuid:uuid>/", cries.sent, name="help_sent"),
    path("warning/<uuid:uuid>/", notices.warning, name="warning"),
    path("shelters/", shelters.shelters, name="shelters"),
    path("shelters/<str:area_code>/", shelters.shelters, name="shelters_near"),
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("subscribe/<uuid:uuid>/", subscribe.code, name="code"),
    path("s/<uuid:uuid>/", subscribe.subscription, name="subscription"),
    path("language/<str:language>/", language.choose, name="language"),
    path("a/", card.card, name="card"),
    path("a/<str:token>/", answer.answer, name="answer"),
    path("<str:area_code>/", notices.notices, name="area"),
]
