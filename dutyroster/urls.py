from django.urls import path

from dutyroster.api.attendance import AttendanceView, CheckInView, RollCallsView, RollCallView
from dutyroster.api.handovers import HandoversView, HandoverView, SignView, TakeView
from dutyroster.api.log import FollowUpView, LogView
from dutyroster.views import handovers, log, presence, roll_calls

app_name = "dutyroster"
urlpatterns = [
    path("mine/", presence.mine, name="mine"),
    path("attendance/", presence.attendance, name="attendance"),
    path("check-in/<uuid:uuid>/", presence.check_in, name="check_in"),
    path("roll-calls/", roll_calls.listing, name="roll_calls"),
    path("roll-calls/new/", roll_calls.new, name="roll_call_new"),
    path("roll-calls/<int:pk>/", roll_calls.page, name="roll_call"),
    path("roll-calls/<int:pk>/call-off/", roll_calls.call_off, name="roll_call_off"),
    path("roll-calls/targets/<int:pk>/judge/", roll_calls.judge, name="judge"),
    path("handovers/", handovers.listing, name="handovers"),
    path("handovers/new/", handovers.new, name="handover_new"),
    path("handovers/<int:pk>/", handovers.page, name="handover"),
    path("handovers/<int:pk>/take/", handovers.take, name="handover_take"),
    path("handovers/<int:pk>/sign/", handovers.sign, name="handover_sign"),
    path("log/", log.listing, name="log"),
    path("log/note/", log.note, name="note"),
    path("log/export/", log.export, name="log_export"),
    path("log/<uuid:uuid>/", log.page, name="log_entry"),
    path("log/<uuid:uuid>/follow-up/", log.follow_up, name="log_follow_up"),
    path("log/<uuid:uuid>/correct/", log.correct, name="log_correct"),
]
api_urlpatterns = [
    path("shifts/<uuid:uuid>/check-in/", CheckInView.as_view(), name="check_in"),
    path("attendance/", AttendanceView.as_view(), name="attendance"),
    path("roll-calls/", RollCallsView.as_view(), name="roll_calls"),
    path("roll-calls/<int:pk>/", RollCallView.as_view(), name="roll_call"),
    path("log/", LogView.as_view(), name="log"),
    path("log/<uuid:uuid>/follow-ups/", FollowUpView.as_view(), name="follow_ups"),
    path("handovers/", HandoversView.as_view(), name="handovers"),
    path("handovers/<int:pk>/", HandoverView.as_view(), name="handover"),
    path("handovers/<int:pk>/take/", TakeView.as_view(), name="handover_take"),
    path("handovers/<int:pk>/sign/", SignView.as_view(), name="handover_sign"),
]
