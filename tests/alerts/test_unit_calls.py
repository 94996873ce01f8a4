"""A school that was asked for an answer is called back and told when the notice holds no longer."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from accounts.models import User
from alerts import actions, queries
from alerts.actions import units
from alerts.enums import UnitKind
from alerts.models import KeyUnit, Notice, UnitCall
from assignments.enums import OPEN, State
from messaging.enums import State as Sent
from messaging.models import Delivery
from territory.models import Area
from tests.alerts.situations import drafted, issued
from tests.casts import COMMUNITY, NIGHT, OTHER_COMMUNITY, Cast
from tests.factories import household

PHONE, LANDLINE = "+8613700000021", "+863752900021"
NEAR, FAR = Polygon.from_bbox((113.300, 33.740, 113.310, 33.750)), Polygon.from_bbox((113.330, 33.740, 113.340, 33.750))


@pytest.fixture
def school(cast: Cast) -> KeyUnit:
    """With a household beside it, so that there is somebody to write to."""
    household()
    return keep(cast)


def keep(cast: Cast, *, name: str = "东安路小学", area_code: str = COMMUNITY, phone: str = PHONE) -> KeyUnit:
    return actions.keep_unit(
        unit=None,
        name=name,
        kind=UnitKind.SCHOOL,
        area_code=area_code,
        address="东安路 9 号",
        receiver="张老师",
        phone=phone,
        by=cast.duty_officer,
    )


def called(cast: Cast) -> Notice:
    """A notice in force whose units were called and whose messages arrived."""
    row = issued(cast)
    actions.call_units(now=NIGHT)
    Delivery.objects.filter(broadcast=row.broadcast).update(state=Sent.DELIVERED)
    return row


def signed(row: Notice, cast: Cast, by: User | None = None) -> Notice:
    row = actions.submit(notice=row, by=cast.duty_officer, now=NIGHT)
    return actions.approve(notice=row, version=row.version, by=by or cast.leader, now=NIGHT)


def owed(unit: KeyUnit) -> list[str]:
    """The notices that its receiver still owes an answer, by number."""
    calls = UnitCall.objects.filter(unit=unit, assignment__state__in=OPEN).order_by("pk")
    return [str(call.notice_id) for call in calls]


def told(origin: Notice, words: str) -> set[str]:
    """The telephones that a text of this notice with these words goes to."""
    texts = Delivery.objects.filter(
        broadcast__origin=f"alerts.notice:{origin.pk}", broadcast__text__contains=words, broadcast__follows=None
    )
    return set(texts.values_list("contact_point__address", flat=True))


def test_withdrawing_calls_its_receiver_back_and_tells_him(school: KeyUnit, cast: Cast) -> None:
    keep(cast, name="鹰城商场", phone=LANDLINE)
    row = called(cast)
    assert owed(school) == [str(row.pk)]
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT)
    assert owed(school) == []
    assert set(UnitCall.objects.values_list("assignment__state", flat=True)) == {State.CANCELLED}
    assert PHONE in told(row, "撤回")
    assert LANDLINE not in told(row, "撤回")


def test_stopping_calls_him_back_and_whoever_tells_later_tells_him_too(school: KeyUnit, cast: Cast) -> None:
    row = called(cast)
    actions.withdraw(notice=row, reason="误发", by=cast.commander, now=NIGHT, tells=False)
    assert owed(school) == []
    assert told(row, "撤回") == set()
    actions.tell_withdrawn(notice=row, by=cast.commander, now=NIGHT)
    assert PHONE in told(row, "撤回")


def test_a_correction_leaves_him_one_answer_to_give(school: KeyUnit, cast: Cast) -> None:
    row = called(cast)
    second = signed(actions.correct(notice=row, by=cast.duty_officer, now=NIGHT, changes={"measures": "绕行"}), cast)
    assert actions.call_units(now=NIGHT) == 1
    assert owed(school) == [str(second.pk)]


def test_that_it_is_over_he_hears_like_everybody_and_the_count_before_says_so(school: KeyUnit, cast: Cast) -> None:
    draft = actions.all_clear(notice=called(cast), by=cast.duty_officer, now=NIGHT)
    over = signed(draft, cast)
    assert owed(school) == []
    assert over.broadcast is not None
    sent = set(over.broadcast.deliveries.values_list("contact_point__address", flat=True))
    assert PHONE in sent
    assert queries.follow_preview(draft, queries.Wording("x", True)).contact_points == len(sent) == 2
    assert actions.call_units(now=NIGHT) == 0


def test_a_notice_withdrawn_in_between_calls_nobody(
    school: KeyUnit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(cast)
    second = issued(cast)
    call = units._call

    def withdrawn_meanwhile(row: Notice, now: object) -> int:
        actions.withdraw(notice=second, reason="误发", by=cast.commander, now=NIGHT)
        return call(row, NIGHT)

    monkeypatch.setattr(units, "_call", withdrawn_meanwhile)
    assert actions.call_units(now=NIGHT) == 1
    assert not UnitCall.objects.filter(notice=second).exists()


def test_a_notice_for_a_shape_calls_only_units_whose_area_it_touches(school: KeyUnit, cast: Cast) -> None:
    far = keep(cast, name="鹰城商场", area_code=OTHER_COMMUNITY, phone="13700000022")
    unknown = keep(cast, name="卫东养老院", area_code="410403", phone="13700000023")
    for code, border in ((COMMUNITY, NEAR), (OTHER_COMMUNITY, FAR)):
        Area.objects.filter(code=code).update(border=MultiPolygon(border, srid=4326))
    draft = drafted(cast)
    draft = actions.aim(
        notice=draft, version=draft.version, drawn=str(NEAR.geojson), site=None, radius_m=0, only_must_reach=False,
        by=cast.duty_officer, now=NIGHT,
    )  # fmt: skip
    row = signed(draft, cast)
    assert actions.call_units(now=NIGHT) == 2
    assert {call.unit_id for call in UnitCall.objects.all()} == {school.pk, unknown.pk}
    signed(actions.correct(notice=row, by=cast.duty_officer, now=NIGHT + timedelta(minutes=1)), cast)
    actions.call_units(now=NIGHT)
    assert not UnitCall.objects.filter(unit=far).exists()
