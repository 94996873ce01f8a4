from django.urls import URLPattern, URLResolver, path

from supplies.api.goods import ArriveView, IssuesView, MovementsView, PapersView, ReverseView, TransfersView
from supplies.api.readiness import ReadinessView
from supplies.api.stocktakes import BookView, CountView, FinishView, StocktakesView, StocktakeView
from supplies.api.stores import ItemsView, LotsView, StoresView
from supplies.views import goods, readiness, stock_import, stocktakes, stores, transfers

app_name = "supplies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", stores.home, name="home"),
    path("items/", stores.items, name="items"),
    path("items/<str:code>/", stores.item, name="item"),
    path("stores/new/", stores.new, name="store_new"),
    path("stores/<str:code>/", stores.store, name="store"),
    path("stores/<str:code>/edit/", stores.edit, name="store_edit"),
    path("stores/<str:code>/receive/", goods.receive, name="receive"),
    path("stores/<str:code>/emergency/", goods.emergency, name="emergency"),
    path("stores/<str:code>/ask/", goods.ask, name="ask"),
    path("stores/<str:code>/send/", transfers.send, name="send"),
    path("movements/", stores.ledger, name="movements"),
    path("movements/<uuid:uuid>/reverse/", goods.reverse_row, name="reverse"),
    path("issues/", goods.issues, name="issues"),
    path("issues/<uuid:uuid>/", goods.issue, name="issue"),
    path("issues/<uuid:uuid>/approve/", goods.approve, name="approve"),
    path("issues/<uuid:uuid>/refuse/", goods.refuse, name="refuse"),
    path("issues/<uuid:uuid>/hand-out/", goods.hand_out, name="hand_out"),
    path("issues/<uuid:uuid>/papers/", goods.papers, name="papers"),
    path("issues/<uuid:uuid>/back/", goods.back, name="issue_back"),
    path("transfers/", transfers.listing, name="transfers"),
    path("transfers/<uuid:uuid>/", transfers.page, name="transfer"),
    path("transfers/<uuid:uuid>/depart/", transfers.depart, name="depart"),
    path("transfers/<uuid:uuid>/call-off/", transfers.call_off, name="call_off"),
    path("transfers/<uuid:uuid>/settle/", transfers.settle, name="settle"),
    path("transfers/<uuid:uuid>/back/", transfers.back, name="transfer_back"),
    path("deliveries/<str:token>/", transfers.delivery, name="delivery"),
    path("readiness/", readiness.readiness, name="readiness"),
    path("readiness/<str:code>/", readiness.store_readiness, name="store_readiness"),
    path("readiness/<str:code>/prove/", readiness.prove, name="prove"),
    path("stocktakes/", stocktakes.listing, name="stocktakes"),
    path("stocktakes/new/", stocktakes.new, name="stocktake_new"),
    path("stocktakes/<int:pk>/", stocktakes.page, name="stocktake"),
    path("stocktakes/<int:pk>/count/", stocktakes.count, name="stocktake_count"),
    path("stocktakes/<int:pk>/finish/", stocktakes.finish, name="stocktake_finish"),
    path("stocktakes/<int:pk>/book/", stocktakes.book, name="stocktake_book"),
    path("stocktakes/<int:pk>/again/", stocktakes.again, name="stocktake_again"),
    path("stocktakes/<int:pk>/call-off/", stocktakes.call_off, name="stocktake_call_off"),
    path("import/", stock_import.upload, name="stock_import"),
    path("import/<int:pk>/", stock_import.report, name="stock_report"),
    path("import/<int:pk>/report.xlsx", stock_import.download, name="stock_report_sheet"),
    path("register.xlsx", stock_import.register, name="stock_register"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("stores/", StoresView.as_view(), name="stores"),
    path("stores/<str:code>/lots/", LotsView.as_view(), name="lots"),
    path("items/", ItemsView.as_view(), name="items"),
    path("movements/", MovementsView.as_view(), name="movements"),
    path("movements/<uuid:uuid>/reverse/", ReverseView.as_view(), name="reverse"),
    path("issues/", IssuesView.as_view(), name="issues"),
    path("issues/<uuid:uuid>/papers/", PapersView.as_view(), name="papers"),
    path("transfers/", TransfersView.as_view(), name="transfers"),
    path("transfers/<uuid:uuid>/arrive/", ArriveView.as_view(), name="arrive"),
    path("readiness/", ReadinessView.as_view(), name="readiness"),
    path("stocktakes/", StocktakesView.as_view(), name="stocktakes"),
    path("stocktakes/<int:pk>/", StocktakeView.as_view(), name="stocktake"),
    path("stocktakes/<int:pk>/count/", CountView.as_view(), name="stocktake_count"),
    path("stocktakes/<int:pk>/finish/", FinishView.as_view(), name="stocktake_finish"),
    path("stocktakes/<int:pk>/book/", BookView.as_view(), name="stocktake_book"),
]
