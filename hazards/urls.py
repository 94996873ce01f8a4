from django.urls import path

from hazards.api.findings import FindingStepView, FindingsView, FindingView, JudgeFindingView
from hazards.api.inspections import InspectionsView, InspectionView, VerifyView
from hazards.api.rounds import CloseView, MissingView, RoundsView, RoundView
from hazards.api.sites import SitesView, SiteView
from hazards.views import findings, inspections, ledger, mending, register, rounds, sites, upkeep

app_name = "hazards"
urlpatterns = [
    path("hazards/", register.register, name="register"),
    path("hazards/export/", register.export, name="export"),
    path("hazards/export/sites.geojson", upkeep.geojson, name="geojson"),
    path("hazards/export/responsible.xlsx", upkeep.public_list, name="public_list"),
    path("hazards/cards/", upkeep.cards, name="cards"),
    path("hazards/upkeep/", upkeep.home, name="upkeep"),
    path("hazards/sites/<str:code>/card/", upkeep.card, name="card"),
    path("hazards/sites/<str:code>/position/", upkeep.position, name="position"),
    path("hazards/sites/<str:code>/restore/", upkeep.restore, name="site_restore"),
    path("hazards/sites/<str:code>/verify/", upkeep.verify, name="site_verify"),
    path("hazards/ledger/", ledger.upload, name="ledger_upload"),
    path("hazards/ledger/<int:pk>/", ledger.report, name="ledger_report"),
    path("hazards/ledger/<int:pk>/report.xlsx", ledger.download, name="ledger_report_sheet"),
    path("hazards/ledger/<int:pk>/shift.geojson", ledger.shift, name="ledger_shift"),
    path("hazards/ledger/waiting/", ledger.waiting, name="ledger_waiting"),
    path("hazards/ledger/waiting.xlsx", ledger.waiting_sheet, name="ledger_waiting_sheet"),
    path("hazards/ledger/waiting/<int:pk>/drop/", ledger.drop, name="ledger_drop"),
    path("hazards/sites/new/", register.new, name="site_new"),
    path("hazards/sites/<str:code>/", sites.page, name="site"),
    path("hazards/sites/<str:code>/edit/", register.edit, name="site_edit"),
    path("hazards/sites/<str:code>/retire/", register.retire, name="site_retire"),
    path("hazards/sites/<str:code>/responsible/", sites.responsible, name="responsible"),
    path("hazards/sites/<str:code>/inspect/", inspections.inspect, name="inspect"),
    path("hazards/inspections/<uuid:uuid>/", inspections.page, name="inspection"),
    path("hazards/inspections/<uuid:uuid>/verify/", inspections.verify, name="verify"),
    path("hazards/inspections/<uuid:uuid>/send-back/", inspections.send_back, name="send_back"),
    path("hazards/sites/<str:code>/findings/new/", mending.new, name="finding_new"),
    path("hazards/findings/", findings.listing, name="findings"),
    path("hazards/findings/export/", findings.export, name="findings_export"),
    path("hazards/findings/papers/", mending.papers, name="papers"),
    path("hazards/findings/papers/<str:paper>/", mending.template, name="paper_template"),
    path("hazards/findings/<uuid:uuid>/", findings.page, name="finding"),
    path("hazards/findings/<uuid:uuid>/fix/", mending.fix, name="finding_fix"),
    path("hazards/findings/<uuid:uuid>/assign/", findings.assign, name="finding_assign"),
    path("hazards/findings/<uuid:uuid>/control/", findings.control, name="finding_control"),
    path("hazards/findings/<uuid:uuid>/judge/", findings.judge, name="finding_judge"),
    path("hazards/findings/<uuid:uuid>/defer/", findings.defer, name="finding_defer"),
    path("hazards/findings/<uuid:uuid>/supervise/", findings.supervise, name="finding_supervise"),
    path("hazards/findings/<uuid:uuid>/strike/", findings.strike, name="finding_strike"),
    path("hazards/findings/<uuid:uuid>/<str:paper>.docx", mending.paper, name="finding_paper"),
    path("hazards/rounds/", rounds.listing, name="rounds"),
    path("hazards/rounds/new/", rounds.new, name="round_new"),
    path("hazards/rounds/<int:pk>/", rounds.page, name="round"),
    path("hazards/rounds/<int:pk>/close/", rounds.close, name="round_close"),
    path("hazards/rounds/<int:pk>/add/", rounds.add, name="round_add"),
]
api_urlpatterns = [
    path("hazards/sites/", SitesView.as_view(), name="sites"),
    path("hazards/sites/<str:code>/", SiteView.as_view(), name="site"),
    path("hazards/findings/", FindingsView.as_view(), name="findings"),
    path("hazards/findings/<uuid:uuid>/", FindingView.as_view(), name="finding"),
    path("hazards/findings/<uuid:uuid>/control/", FindingStepView.as_view(step="control"), name="finding_control"),
    path("hazards/findings/<uuid:uuid>/submit/", FindingStepView.as_view(step="submit"), name="finding_submit"),
    path("hazards/findings/<uuid:uuid>/close/", JudgeFindingView.as_view(step="close"), name="finding_close"),
    path("hazards/findings/<uuid:uuid>/send-back/", JudgeFindingView.as_view(step="send_back"), name="finding_return"),
    path("hazards/findings/<uuid:uuid>/defer/", JudgeFindingView.as_view(step="defer"), name="finding_defer"),
    path("hazards/rounds/", RoundsView.as_view(), name="rounds"),
    path("hazards/rounds/<int:pk>/", RoundView.as_view(), name="round"),
    path("hazards/rounds/<int:pk>/missing/", MissingView.as_view(), name="round_missing"),
    path("hazards/rounds/<int:pk>/close/", CloseView.as_view(), name="round_close"),
    path("hazards/inspections/", InspectionsView.as_view(), name="inspections"),
    path("hazards/inspections/<uuid:uuid>/", InspectionView.as_view(), name="inspection"),
    path("hazards/inspections/<uuid:uuid>/verify/", VerifyView.as_view(), name="inspection_verify"),
    path(
        "hazards/inspections/<uuid:uuid>/send-back/", VerifyView.as_view(sends_back=True), name="inspection_send_back"
    ),
]
