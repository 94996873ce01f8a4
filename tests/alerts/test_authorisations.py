"""授权签发: a text signed ahead goes out on one press, once its warning is in force, and never changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from alerts import actions, queries
from alerts.enums import NoticeState, WarningSource, Way
from alerts.models import Authorisation, Notice, ReceivedWarning, Signature
from alerts.rules import Content
from assignments import actions as duties
from assignments.enums import State as Duty
from assignments.models import Assignment
from core.rules import Refused
from territory.rules import scope_of
from tests.alerts.cap_messages import cap
from tests.alerts.situations import drafted
from tests.casts import DISTRICT, NIGHT, OTHER_SUBDISTRICT, SUBDISTRICT, Cast
from tests.factories import household

SignedIn = Callable[[User], Client]
EVERYWHERE = scope_of(DISTRICT)
SPRING = NIGHT - timedelta(days=90)
LATER = NIGHT + timedelta(minutes=2)
TEXT = Content(
    kind="rainstorm",
    level=1,
    headline="气象部门发布暴雨红色预警",
    starts_at=None,
    expires_at=None,
    caution="下穿桥和地下空间可能积水",
    measures="请留在室内，远离低洼处",
    issuer="卫东区防汛抗旱指挥部",
)


def refused(act: Callable[..., object], *given: object, **how: object) -> str:
    with pytest.raises(Refused) as error:
        act(*given, **how)
    return error.value.code


def prepared(cast: Cast, **how: object) -> Authorisation:
    """By the duty officer, in spring, for the whole season and district."""
    given = {
        "area_code": DISTRICT,
        "event_code": "11B03",
        "content": TEXT,
        "lasts_hours": 6,
        "valid_from": SPRING,
        "valid_until": NIGHT + timedelta(days=60),
        "by": cast.duty_officer,
    }
    return actions.prepare_authorisation(**{**given, **how}, now=SPRING)  # type: ignore[arg-type]


def signed(cast: Cast, **how: object) -> Authorisation:
    return actions.sign_authorisation(authorisation=prepared(cast, **how), by=cast.commander, now=SPRING)


def red_rainstorm(**info: str | None) -> ReceivedWarning:
    return actions.receive_warning(data=cap(info=info or None), source=WarningSource.FEED, now=NIGHT).warning


def pressed(row: Authorisation, warning: ReceivedWarning, by: User, now: datetime = LATER) -> Notice:
    return actions.issue_authorised(authorisation=row, warning=warning, by=by, now=now)


def test_one_press_issues_the_signed_text_in_the_leaders_name(cast: Cast) -> None:
    household()
    row, warning = signed(cast), red_rainstorm()
    assert queries.usable(warning, EVERYWHERE, LATER) == [row]
    notice = pressed(row, warning, cast.duty_officer)
    assert (notice.state, notice.approver, notice.author) == (NoticeState.ISSUED, cast.commander, cast.duty_officer)
    assert (notice.headline, notice.measures, notice.level) == (TEXT.headline, TEXT.measures, 1)
    assert notice.expires_at == warning.expires_at
    signature = Signature.objects.get()
    assert (signature.way, signature.authorisation, signature.pressed_by) == (Way.AUTHORISED, row, cast.duty_officer)
    assert notice.broadcast is not None
    assert queries.usable(warning, EVERYWHERE, LATER) == []


def test_each_use_is_called_out_to_its_signer_until_he_has_heard(cast: Cast) -> None:
    household()
    notice = pressed(signed(cast), red_rainstorm(), cast.duty_officer)
    duty = Assignment.objects.get(kind="authorised_use")
    assert duty.assignee == cast.commander
    assert notice.headline in duty.title
    assert cast.duty_officer.name in duty.title
    duties.acknowledge(assignment=duty, by=cast.commander, now=LATER)
    duty.refresh_from_db()
    assert duty.state == Duty.VERIFIED


def test_whoever_prepared_it_does_not_sign_it_and_the_signer_does_not_press_it(cast: Cast) -> None:
    household()
    own = prepared(cast, by=cast.commander)
    assert (
        refused(lambda: actions.sign_authorisation(authorisation=own, by=cast.commander, now=SPRING))
        == "authorisation.same_person"
    )
    row = prepared(cast)
    for person in (cast.duty_officer, cast.subdistrict_officer, cast.administrator):
        assert (
            refused(actions.sign_authorisation, authorisation=row, by=person, now=SPRING) == "authorisation.not_allowed"
        )
    warning = red_rainstorm()
    assert refused(lambda: pressed(row, warning, cast.duty_officer)) == "authorisation.not_in_force"
    row = actions.sign_authorisation(authorisation=row, by=cast.commander, now=SPRING)
    assert refused(lambda: pressed(row, warning, cast.commander)) == "authorisation.same_person"
    assert refused(lambda: pressed(row, warning, cast.grid_worker)) == "authorisation.not_allowed"
    assert not Notice.objects.exists()


def test_it_holds_for_its_days_and_until_it_is_revoked(cast: Cast) -> None:
    household()
    warning = red_rainstorm()
    over = signed(cast, valid_until=NIGHT)
    ahead = signed(cast, valid_from=NIGHT + timedelta(hours=1))
    revoked = signed(cast)
    actions.revoke_authorisation(authorisation=revoked, reason="文字有误", by=cast.leader, now=SPRING)
    for row in (over, ahead, revoked):
        assert refused(pressed, row, warning, cast.duty_officer) == "authorisation.not_in_force"
    assert queries.usable(warning, EVERYWHERE, LATER) == []
    assert refused(lambda: actions.revoke_authorisation(authorisation=over, reason=" ", by=cast.leader, now=NIGHT)) == (
        "authorisation.reason"
    )


def test_it_needs_its_own_warning_in_force(cast: Cast) -> None:
    household()
    orange = red_rainstorm(severity="Severe", headline="平顶山市气象台发布暴雨橙色预警信号")
    row = signed(cast)
    assert orange.level == 2
    assert refused(lambda: pressed(row, orange, cast.duty_officer)) == "authorisation.trigger"
    other = signed(cast, event_code="11B25")
    fitting = signed(cast, event_code="", content=replace(TEXT, level=2))
    assert queries.usable(orange, EVERYWHERE, LATER) == [fitting]
    assert refused(lambda: pressed(other, orange, cast.duty_officer)) == "authorisation.trigger"
    after = NIGHT + timedelta(hours=7)
    assert refused(lambda: pressed(fitting, orange, cast.duty_officer, after)) == "authorisation.trigger"


def test_a_signer_who_left_office_signs_no_more(cast: Cast) -> None:
    household()
    row, warning = signed(cast), red_rainstorm()
    cast.commander.roles_held.all().delete()
    assert refused(lambda: pressed(row, warning, cast.duty_officer)) == "authorisation.signer_gone"


def test_it_is_used_once_for_a_warning(cast: Cast) -> None:
    household()
    row, warning = signed(cast), red_rainstorm()
    pressed(row, warning, cast.duty_officer)
    assert refused(lambda: pressed(row, warning, cast.leader)) == "conflict.authorisation_used"
    assert Notice.objects.count() == 1


def test_the_database_freezes_what_was_signed(cast: Cast) -> None:
    row = signed(cast)
    rows = Authorisation.objects.filter(pk=row.pk)
    for changes in ({"headline": "别的话"}, {"area_code": SUBDISTRICT}, {"signed_by": cast.leader}, {"level": 2}):
        with pytest.raises(InternalError, match="authorisation_frozen"), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(InternalError, match="authorisation_frozen"), transaction.atomic():
        rows.delete()
    draft = prepared(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Authorisation.objects.filter(pk=draft.pk).update(signed_by=cast.duty_officer, signed_at=SPRING)


@pytest.mark.parametrize("what", ["words", "area", "signer", "time"])
def test_the_database_issues_nothing_else_by_an_authorisation(cast: Cast, what: str) -> None:
    household()
    row, warning = signed(cast, area_code=SUBDISTRICT), red_rainstorm()
    content = replace(TEXT, starts_at=NIGHT, expires_at=NIGHT + timedelta(hours=6), affected_area="东安路街道")
    if what == "words":
        content = replace(content, measures="请立即撤离")
    areas = (OTHER_SUBDISTRICT,) if what == "area" else (SUBDISTRICT,)
    notice = actions.submit(notice=drafted(cast, content=content, areas=areas), by=cast.duty_officer, now=NIGHT)
    signer = cast.leader if what == "signer" else cast.commander
    at = NIGHT + timedelta(days=61) if what == "time" else NIGHT
    Notice.objects.filter(pk=notice.pk).update(state="issued", approver=signer, issued_at=at)
    with pytest.raises(InternalError, match="signature_unauthorised"), transaction.atomic():
        Signature.objects.create(
            notice=notice,
            way=Way.AUTHORISED,
            signer=signer,
            at=at,
            authorisation=row,
            warning=warning,
            pressed_by=cast.duty_officer,
        )


def test_pages_prepare_sign_and_use_it(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    desk, leader = signed_in(cast.duty_officer), signed_in(cast.commander)
    typed = {
        "kind": "rainstorm",
        "level": 1,
        "event_code": "11B03",
        "area_code": DISTRICT,
        "headline": TEXT.headline,
        "caution": TEXT.caution,
        "measures": TEXT.measures,
        "issuer": TEXT.issuer,
        "lasts_hours": 6,
        "valid_from": "2026-05-15T00:00",
        "valid_until": "2026-10-01T00:00",
    }
    assert desk.get(reverse("alerts:new_authorisation")).status_code == 200
    assert desk.post(reverse("alerts:new_authorisation"), typed).status_code == 302
    row = Authorisation.objects.get()
    assert b"data-hold" not in desk.get(reverse("alerts:authorisations")).content
    assert b"data-hold" in leader.get(reverse("alerts:authorisations")).content
    leader.post(reverse("alerts:sign_authorisation", args=[row.uuid]))
    warning = red_rainstorm()
    page = desk.get(reverse("alerts:warning", args=[warning.uuid]))
    assert TEXT.headline in page.content.decode()
    assert [(each.row, each.preview.households) for each in page.context["offers"]] == [(row, 1)]
    desk.post(reverse("alerts:use_authorisation", args=[row.uuid, warning.uuid]))
    notice = Notice.objects.get()
    assert notice.state == NoticeState.ISSUED
    assert cast.duty_officer.name in desk.get(reverse("alerts:notice", args=[notice.uuid])).content.decode()
    leader.post(reverse("alerts:revoke_authorisation", args=[row.uuid]), {"reason": "换文字"})
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_nobody_presses_for_a_warning_that_he_took_in_himself(cast: Cast, signed_in: SignedIn, now: datetime) -> None:
    household()
    row = signed(cast)
    taken = actions.receive_warning(data=cap(), source=WarningSource.UPLOAD, now=NIGHT, by=cast.duty_officer)
    warning = taken.warning
    assert refused(pressed, row, warning, cast.duty_officer) == "authorisation.own_warning"
    page = signed_in(cast.duty_officer).get(reverse("alerts:warning", args=[warning.uuid]))
    assert [bool(each.refusal) for each in page.context["offers"]] == [True]
    assert reverse("alerts:use_authorisation", args=[row.uuid, warning.uuid]) not in page.content.decode()
    assert pressed(row, warning, cast.leader).state == NoticeState.ISSUED


def test_the_database_refuses_the_press_of_whoever_took_the_warning_in(cast: Cast) -> None:
    household()
    row = signed(cast)
    taken = actions.receive_warning(data=cap(), source=WarningSource.UPLOAD, now=NIGHT, by=cast.duty_officer)
    warning = taken.warning
    content = replace(TEXT, starts_at=NIGHT, expires_at=NIGHT + timedelta(hours=6), affected_area="卫东区")
    notice = actions.submit(notice=drafted(cast, content=content), by=cast.duty_officer, now=NIGHT)
    Notice.objects.filter(pk=notice.pk).update(state="issued", approver=cast.commander, issued_at=NIGHT)
    basis = {"way": Way.AUTHORISED, "signer": cast.commander, "authorisation": row, "warning": warning}
    with pytest.raises(InternalError, match="signature_by_one"), transaction.atomic():
        Signature.objects.create(notice=notice, at=NIGHT, pressed_by=cast.duty_officer, **basis)


def again(row: Authorisation, cast: Cast, **alert: str | None) -> str:
    """What pressing for a further message says; empty where it issues."""
    data = cap({"identifier": "41040041600000_20260719225900", "sent": "2026-07-19T22:59:00+08:00", **alert})
    warning = actions.receive_warning(data=data, source=WarningSource.FEED, now=LATER).warning
    try:
        pressed(row, warning, cast.duty_officer)
    except Refused as refusal:
        assert queries.usable(warning, EVERYWHERE, LATER) == []
        return refusal.code
    return ""


def test_the_households_get_it_once_however_often_the_warning_comes(cast: Cast) -> None:
    household()
    row, first = signed(cast), red_rainstorm()
    notice = pressed(row, first, cast.duty_officer)
    assert again(row, cast) == "conflict.authorisation_used", "while its notice holds"
    actions.withdraw(notice=notice, reason="误发", by=cast.commander, now=LATER)
    assert again(row, cast) == "conflict.authorisation_used", "the same words under a new number"
    refers = f"{first.sender},{first.identifier},2026-07-19T22:58:00+08:00"
    updated = {"identifier": "41040041600000_20260719230000", "msgType": "Update", "references": refers}
    assert again(row, cast, **updated) == "conflict.authorisation_used", "an update of the same warning"
    assert Notice.objects.count() == 1


def test_it_serves_the_next_storm_when_its_notice_is_over(cast: Cast) -> None:
    household()
    row = signed(cast)
    pressed(row, red_rainstorm(), cast.duty_officer)
    later = NIGHT + timedelta(days=10)
    data = cap(
        {"identifier": "41040041600000_20260729225800", "sent": "2026-07-29T22:58:00+08:00"},
        {"effective": "2026-07-29T22:58:00+08:00", "expires": "2026-07-30T04:58:00+08:00"},
    )
    warning = actions.receive_warning(data=data, source=WarningSource.FEED, now=later).warning
    assert pressed(row, warning, cast.duty_officer, later + timedelta(minutes=1)).state == NoticeState.ISSUED


@pytest.mark.parametrize(("event", "code"), [("大雾", "11B17"), ("高温", "11B09"), ("道路结冰", "")])
def test_a_rainstorm_text_does_not_go_out_for_fog_or_heat(cast: Cast, event: str, code: str) -> None:
    household()
    row = signed(cast, event_code="")
    value = f"<valueName>CPEAS Event Code</valueName><value>{code}</value>" if code else None
    warning = red_rainstorm(event=event, eventCode=value, headline=f"平顶山市气象台发布{event}红色预警信号")
    assert queries.usable(warning, EVERYWHERE, LATER) == []
    assert refused(pressed, row, warning, cast.duty_officer) == "authorisation.trigger"


def test_a_longer_code_is_the_same_event(cast: Cast) -> None:
    household()
    row, by_kind = signed(cast), signed(cast, event_code="")
    warning = red_rainstorm(eventCode="<valueName>CPEAS Event Code</valueName><value>11B0301</value>", event="强降水")
    assert set(queries.usable(warning, EVERYWHERE, LATER)) == {row, by_kind}


def for_areas(*codes: str) -> ReceivedWarning:
    """The red warning, for these areas alone."""
    named = "".join(f"<geocode><valueName>Code</valueName><value>{code:0<12}</value></geocode>" for code in codes)
    data = cap({"identifier": "_".join(codes)}, area=f"<areaDesc>东安路街道</areaDesc>{named}")
    return actions.receive_warning(data=data, source=WarningSource.FEED, now=NIGHT).warning


def test_a_warning_for_one_street_sends_nothing_to_the_whole_district(cast: Cast) -> None:
    household()
    whole, street = signed(cast), signed(cast, area_code=SUBDISTRICT)
    one, every = for_areas(SUBDISTRICT), for_areas(SUBDISTRICT, OTHER_SUBDISTRICT)
    assert queries.usable(one, EVERYWHERE, LATER) == [street]
    assert refused(pressed, whole, one, cast.duty_officer) == "authorisation.trigger"
    assert set(queries.usable(every, EVERYWHERE, LATER)) == {whole, street}, "every street is the district"
