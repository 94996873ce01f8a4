from django.urls import path

from drills.api import ClockView, InjectView, PlansView, PlanView, ReviewView, RunsView, RunView
from drills.views import plans, runs

app_name = "drills"
urlpatterns = [
    path("", plans.home, name="home"),
    path("plans/new/", plans.write, name="plan_new"),
    path("plans/<int:pk>/", plans.page, name="plan"),
    path("plans/<int:pk>/edit/", plans.write, name="plan_edit"),
    path("plans/<int:pk>/act/", plans.act, name="plan_act"),
    path("plans/<int:pk>/sheet/", plans.export, name="plan_sheet"),
    path("plans/<int:pk>/import/", plans.import_sheet, name="import"),
    path("plans/<int:pk>/import/<int:sheet_pk>/", plans.store_sheet, name="store"),
    path("plans/<int:pk>/injects/new/", plans.inject, name="inject_new"),
    path("plans/<int:pk>/injects/<int:inject_pk>/", plans.inject, name="inject_edit"),
    path("plans/<int:pk>/runs/new/", runs.make, name="run_new"),
    path("runs/<uuid:uuid>/", runs.console, name="run"),
    path("runs/<uuid:uuid>/clock/", runs.turn, name="clock"),
    path("runs/<uuid:uuid>/injects/<int:pk>/", runs.inject, name="inject"),
    path("runs/<uuid:uuid>/review/", runs.review, name="review"),
    path("runs/<uuid:uuid>/review/sheet/", runs.export, name="review_sheet"),
    path("runs/<uuid:uuid>/findings/", runs.finding, name="finding"),
    path("runs/<uuid:uuid>/findings/<int:pk>/improve/", runs.improve, name="improve"),
]
api_urlpatterns = [
    path("plans/", PlansView.as_view(), name="plans"),
    path("plans/<int:pk>/", PlanView.as_view(), name="plan"),
    path("runs/", RunsView.as_view(), name="runs"),
    path("runs/<uuid:uuid>/", RunView.as_view(), name="run"),
    path("runs/<uuid:uuid>/clock/", ClockView.as_view(), name="run_clock"),
    path("runs/<uuid:uuid>/injects/<int:number>/", InjectView.as_view(), name="run_inject"),
    path("runs/<uuid:uuid>/review/", ReviewView.as_view(), name="run_review"),
]
