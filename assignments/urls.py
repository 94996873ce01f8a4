from django.urls import path
from rest_framework.routers import SimpleRouter

from assignments.api import AssignmentViews, FactsView, WorkLogView
from assignments.views import answers, appraisal, detail, facts, link, lists, worklog

app_name = "assignments"
urlpatterns = [
    path("", lists.mine, name="mine"),
    path("export/", lists.export, name="export"),
    path("answers/", answers.record, name="record"),
    path("answers/paste/", answers.paste, name="paste"),
    path("replies/", answers.replies, name="replies"),
    path("replies/<int:pk>/", answers.claim, name="claim"),
    path("facts/", facts.my_facts, name="facts"),
    path("facts/people/", facts.people_facts, name="facts_people"),
    path("facts/people/export/", facts.export, name="facts_export"),
    path("facts/people/<int:pk>/", facts.person_facts, name="facts_person"),
    path("log/", worklog.mine, name="log"),
    path("log/people/", worklog.people, name="log_people"),
    path("log/people/export/", worklog.export, name="log_export"),
    path("log/people/<int:pk>/", worklog.person, name="log_person"),
    path("appraisals/", appraisal.months, name="appraisals"),
    path("appraisals/points/", appraisal.points, name="appraisal_points"),
    path("appraisals/mine/", appraisal.mine, name="appraisals_mine"),
    path("appraisals/mine/<int:pk>/", appraisal.own, name="appraisal_own"),
    path("appraisals/<int:pk>/", appraisal.month, name="appraisal"),
    path("appraisals/<int:pk>/confirm/", appraisal.confirm, name="appraisal_confirm"),
    path("appraisals/<int:pk>/export/", appraisal.export, name="appraisal_export"),
    path("appraisals/lines/<int:pk>/", appraisal.line, name="appraisal_line"),
    path("<uuid:uuid>/", detail.detail, name="detail"),
    path("<uuid:uuid>/act/", detail.act, name="act"),
    path("<uuid:uuid>/support/", detail.support, name="support"),
    path("<uuid:uuid>/remind/", detail.remind, name="remind"),
    path("<uuid:uuid>/silence/", detail.silence, name="silence"),
    path("<uuid:uuid>/behalf/", detail.behalf, name="behalf"),
    path("<uuid:uuid>/handover/", detail.hand_over, name="hand_over"),
]
link_urlpatterns = [path("<str:token>/", link.task, name="task_link")]

router = SimpleRouter()
router.register("assignments", AssignmentViews, basename="assignment")
api_urlpatterns = [
    path("assignments/facts/", FactsView.as_view(), name="api_facts"),
    path("assignments/log/", WorkLogView.as_view(), name="api_log"),
    *router.urls,
]
