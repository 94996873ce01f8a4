from django.urls import path, re_path

from board.views import brief, desk, layers, situation

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

app_name = "board"
urlpatterns = [
    path("", situation.situation, name="situation"),
    path("board/remind/<uuid:uuid>/", situation.remind, name="remind"),
    path("board/areas.geojson", layers.areas, name="areas"),
    path("board/sites.geojson", layers.sites, name="sites"),
    path("board/dangers.geojson", layers.dangers, name="dangers"),
    path("board/closures.geojson", layers.closures, name="closures"),
    path("board/stores.geojson", layers.stores, name="stores"),
    path("desk/", desk.desk, name="desk"),
    path("desk/figures/", desk.figures, name="figures"),
    path("desk/note/", desk.note, name="note"),
    re_path(rf"^desk/entries/(?P<uuid>{UUID})/(?P<kind>help|danger|leader|done)/$", desk.hand_on, name="hand_on"),
    re_path(r"^desk/calls/(?P<pk>[0-9]{1,18})/(?P<verb>deputy|by-hand)/$", desk.call, name="call"),
    path("desk/support/<uuid:uuid>/", desk.support, name="support"),
    re_path(r"^desk/replies/(?P<pk>[0-9]{1,18})/(?P<duty>[0-9]{1,18})/(?P<option>[0-9])/$", desk.claim, name="claim"),
    re_path(r"^desk/replies/(?P<pk>[0-9]{1,18})/drop/$", desk.drop, name="drop"),
    path("brief/", brief.brief, name="brief"),
]
