from django.urls import path
from rest_framework.routers import SimpleRouter

from alerts.api.notices import NoticeViews
from alerts.api.warnings import WarningViews
from alerts.views import (
    aiming,
    authorisations,
    cap_feed,
    coverage,
    feeds,
    following,
    knocks,
    missing,
    notices,
    papers,
    registers,
    signing,
    warnings,
)

app_name = "alerts"
urlpatterns = [
    path("", notices.notices, name="notices"),
    path("new/", notices.create, name="new"),
    path("preview/", notices.preview, name="preview"),
    path("outlines.geojson", coverage.outlines, name="outlines"),
    path("knocks/<uuid:uuid>/", knocks.knock, name="knock"),
    path("knocks/<uuid:uuid>/visit/", knocks.visit, name="visit"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("code/", signing.code, name="signing_code"),
    path("authorisations/", authorisations.authorisations, name="authorisations"),
    path("authorisations/new/", authorisations.prepare, name="new_authorisation"),
    path("authorisations/<uuid:uuid>/sign/", authorisations.sign, name="sign_authorisation"),
    path("authorisations/<uuid:uuid>/revoke/", authorisations.revoke, name="revoke_authorisation"),
    path("authorisations/<uuid:uuid>/use/<uuid:warning>/", authorisations.use, name="use_authorisation"),
    path("units/", registers.units, name="units"),
    path("units/new/", registers.unit, name="new_unit"),
    path("units/<int:pk>/", registers.unit, name="unit"),
    path("units/<int:pk>/retire/", registers.retire_unit, name="retire_unit"),
    path("chains/<str:code>/", registers.chain, name="ring_chain"),
    path("chains/<str:code>/reveal/", registers.reveal_chain, name="reveal_chain"),
    path("cards/<str:area_code>/", registers.cards, name="cards"),
    path("warnings/", warnings.warnings, name="warnings"),
    path("warnings/new/", warnings.enter, name="enter_warning"),
    path("warnings/upload/", warnings.upload, name="upload_warning"),
    path("warnings/<uuid:uuid>/", warnings.detail, name="warning"),
    path("warnings/<uuid:uuid>/file/", warnings.file, name="warning_file"),
    path("warnings/<uuid:uuid>/relay/", warnings.relay, name="relay_warning"),
    path("warnings/<uuid:uuid>/consultation/", warnings.consultation, name="consultation"),
    path("<uuid:uuid>/", notices.detail, name="notice"),
    path("<uuid:uuid>/edit/", notices.edit, name="edit"),
    path("<uuid:uuid>/submit/", notices.submit, name="submit"),
    path("<uuid:uuid>/return/", notices.send_back, name="send_back"),
    path("<uuid:uuid>/approve/", notices.approve, name="approve"),
    path("<uuid:uuid>/aim/", aiming.aim, name="aim"),
    path("<uuid:uuid>/signing/", signing.signing, name="signing"),
    path("<uuid:uuid>/ask/", signing.ask, name="ask_signature"),
    path("<uuid:uuid>/word/", signing.record_word, name="record_word"),
    path("<uuid:uuid>/word/<int:pk>/confirm/", signing.confirm_word, name="confirm_word"),
    path("<uuid:uuid>/word/<int:pk>/drop/", signing.drop_word, name="drop_word"),
    path("<uuid:uuid>/countersign/", signing.countersign, name="countersign"),
    path("<uuid:uuid>/withdraw/", following.withdraw, name="withdraw"),
    path("<uuid:uuid>/tell-withdrawn/", following.tell_withdrawn, name="tell_withdrawn"),
    path("<uuid:uuid>/update/", following.correct, name="correct"),
    path("<uuid:uuid>/all-clear/", following.all_clear, name="all_clear"),
    path("<uuid:uuid>/papers/", papers.papers, name="papers"),
    path("<uuid:uuid>/papers/sheet/", papers.sheet, name="sheet"),
    path("<uuid:uuid>/discard/", notices.discard, name="discard"),
    path("<uuid:uuid>/coverage/", coverage.coverage, name="coverage"),
    path("<uuid:uuid>/help/", coverage.cries, name="cries"),
    path("<uuid:uuid>/coverage.geojson", coverage.layer, name="coverage_layer"),
    path("<uuid:uuid>/unreached/", coverage.unreached, name="unreached"),
    path("<uuid:uuid>/unreached.xlsx", coverage.export, name="unreached_sheet"),
    path("<uuid:uuid>/missing/", missing.missing, name="missing"),
    path("<uuid:uuid>/missing.xlsx", missing.missing_sheet, name="missing_sheet"),
    path("<uuid:uuid>/curve/", missing.curve, name="curve"),
    path("<uuid:uuid>/goal/", missing.choose_goal, name="choose_goal"),
    path("<uuid:uuid>/doubted/", missing.doubted, name="doubted"),
    path("<uuid:uuid>/doubted/judge/", missing.judge, name="judge_visits"),
    path("<uuid:uuid>/knock/", coverage.send_knocks, name="send_knocks"),
    path("<uuid:uuid>/households/<int:pk>/", coverage.household, name="household"),
    path("<uuid:uuid>/households/<int:pk>/close/", coverage.close_unreachable, name="close_unreachable"),
    path("<uuid:uuid>/households/<int:pk>/visit/", knocks.record_for, name="record_visit"),
    path("<uuid:uuid>/households/<int:pk>/help/", coverage.close_help, name="close_help"),
]

# Public addresses, named by what others read them for.
feed_urlpatterns = [
    path("cap.atom", cap_feed.feed, name="feed"),
    path("cap/<str:identifier>.xml", cap_feed.message, name="message"),
]

router = SimpleRouter()
router.register("alerts/warnings", WarningViews, basename="warning")
router.register("alerts/notices", NoticeViews, basename="notice")
api_urlpatterns = router.urls
