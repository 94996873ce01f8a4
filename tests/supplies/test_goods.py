"""Goods leave and arrive: approval, emergency and papers, transit and what was missing, on screen and by link."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import User
from assignments.enums import State
from assignments.models import Assignment
from core.rules import Refused
from messaging.models import Delivery
from supplies import actions, queries
from supplies.enums import IssueState, MovementKind, TransferState
from supplies.models import Issue, Movement, Store, SupplyItem, Transfer
from supplies.signals import transfer_changed
from tests.casts import SUBDISTRICT, Cast
from tests.supplies.shelves import a_store, an_item, stocked


@pytest.fixture
def pumps(cast: Cast) -> tuple[Store, SupplyItem]:
    """A store with three pumps."""
    store, pump = a_store(keeper=cast.storekeeper), an_item()
    stocked(store, pump, 3, by=cast.storekeeper)
    return store, pump


def on_the_way(store: Store, pump: SupplyItem, cast: Cast, now: datetime, **fields: object) -> Transfer:
    """All three pumps have left for underpass 3."""
    given: dict[str, object] = {"destination": "3 号下穿式桥涵", "receiver_phone": "13812340021", **fields}
    return actions.send(
        from_store=store,
        quantities={pump.pk: Decimal(3)},
        by=cast.storekeeper,
        now=now,
        **given,  # type: ignore[arg-type]
    )


def test_by_day_nothing_leaves_before_another_person_has_approved(
    cast: Cast, now: datetime, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    asked = actions.request_issue(
        store=store, quantities={pump.pk: Decimal(2)}, to_whom="东安路街道", by=cast.duty_officer, now=now
    )
    assert queries.balance(store, pump) == 3
    with pytest.raises(Refused) as early:
        actions.hand_out(issue=asked, by=cast.storekeeper, now=now)
    with pytest.raises(Refused) as own:
        actions.approve_issue(issue=asked, by=cast.duty_officer, now=now)
    assert (early.value.code, own.value.code) == ("conflict_not_approved", "own_request")
    actions.approve_issue(issue=asked, by=cast.leader, now=now)
    done = actions.hand_out(issue=asked, by=cast.storekeeper, now=now)
    assert done.state == IssueState.ISSUED
    assert queries.balance(store, pump) == 1
    with pytest.raises(Refused):
        actions.refuse_issue(issue=asked, reason="晚了", by=cast.commander, now=now)


def test_in_an_emergency_goods_leave_first_and_the_papers_are_owed_until_handed_in(
    cast: Cast, now: datetime, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    press = {"store": store, "quantities": {pump.pk: Decimal(2)}, "to_whom": "抢险一队", "client_uuid": uuid.uuid4()}
    issue = actions.issue_now(by=cast.storekeeper, now=now, **press)  # type: ignore[arg-type]
    assert actions.issue_now(by=cast.storekeeper, now=now, **press) == issue  # type: ignore[arg-type]
    assert queries.balance(store, pump) == 1
    duty = Assignment.objects.get(kind="issue_papers")
    assert (duty.assignee, duty.due_at) == (cast.storekeeper, now + timedelta(hours=12))
    (left,) = queries.open_items(cast.duty_officer.scope, now)
    assert left.key == f"supplies.issue:{issue.pk}"
    actions.hand_in_papers(issue=issue, document="出 2026-031", by=cast.storekeeper, now=now + timedelta(hours=9))
    duty.refresh_from_db()
    assert duty.state == State.VERIFIED
    assert queries.open_items(cast.duty_officer.scope, now) == []
    with pytest.raises(Refused):
        actions.hand_in_papers(issue=issue, document="再次", by=cast.storekeeper, now=now)


def test_what_was_handed_out_comes_back_but_never_more_than_is_out(
    cast: Cast, now: datetime, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    issue = actions.issue_now(
        store=store, quantities={pump.pk: Decimal(2)}, to_whom="抢险一队", by=cast.storekeeper, now=now
    )
    lot = issue.lines.get().lot
    back = {"store": store, "lot": lot, "issue": issue, "by": cast.storekeeper, "now": now}
    row = actions.take_back(quantity=Decimal(1), **back)  # type: ignore[arg-type]
    with pytest.raises(Refused) as caught:
        actions.take_back(quantity=Decimal(2), **back)  # type: ignore[arg-type]
    assert caught.value.params["out"] == "1"
    issued = Movement.objects.get(kind=MovementKind.ISSUE)
    with pytest.raises(Refused):
        actions.reverse(movement=issued, reason="录错", by=cast.leader, now=now)
    actions.reverse(movement=row, reason="没有回来", by=cast.leader, now=now)
    assert queries.still_out(issue=issue) == {lot.pk: 2}


def test_lots_that_expire_first_leave_first(cast: Cast, now: datetime) -> None:
    store, jacket = a_store(), an_item("救生衣", "件", has_expiry=True)
    stocked(store, jacket, 10, by=cast.storekeeper, expires_on=date(2028, 1, 1))
    soon = stocked(store, jacket, 10, by=cast.storekeeper, expires_on=date(2026, 9, 1))
    issue = actions.issue_now(
        store=store, quantities={jacket.pk: Decimal(4)}, to_whom="抢险队", by=cast.storekeeper, now=now
    )
    assert issue.lines.get().lot == soon


def test_a_load_is_off_the_books_at_departure_and_on_the_others_by_what_was_counted(
    cast: Cast, now: datetime, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    other = a_store(keeper=cast.duty_officer)
    heard: list[str] = []

    def hear(verb: str, **news: object) -> None:
        heard.append(verb)

    transfer_changed.connect(hear)
    transfer = on_the_way(store, pump, cast, now, to_store=other, destination="", receiver_phone="")
    (line,) = queries.in_transit(cast.leader.scope)
    assert [queries.balance(store, pump), queries.balance(other, pump), line.sent] == [
        Decimal(0),
        Decimal(0),
        Decimal(3),
    ]
    assert Assignment.objects.get(kind="take_delivery").assignee == cast.duty_officer
    later = now + timedelta(minutes=25)
    actions.arrive(
        transfer=transfer,
        counted={line.pk: Decimal(2)},
        reasons={line.pk: "一台未装车"},
        by=cast.duty_officer,
        now=later,
    )
    transfer.refresh_from_db()
    assert (transfer.state, transfer.arrived_at) == (TransferState.RECEIVED_SHORT, later)
    assert queries.balance(other, pump) == 2
    assert Assignment.objects.get(kind="take_delivery").state == State.VERIFIED
    assert [queries.missing(one) for one in queries.in_transit(cast.leader.scope)] == [1]
    settle = {"transfer": transfer, "found": {line.pk: Decimal(1)}, "reason": "在原库找到", "now": later}
    with pytest.raises(Refused) as own:
        actions.settle_difference(by=cast.duty_officer, **settle)  # type: ignore[arg-type]
    assert own.value.code == "own_count"
    actions.settle_difference(by=cast.leader, found_in=store, **settle)  # type: ignore[arg-type]
    assert [queries.balance(store, pump), queries.balance(other, pump)] == [Decimal(1), Decimal(2)]
    assert queries.in_transit(cast.leader.scope) == []
    assert heard == ["depart", "arrive", "settle"]
    transfer_changed.disconnect(hear)


def test_what_is_not_found_is_lost_with_a_name_and_touches_no_store(
    cast: Cast, now: datetime, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    transfer = on_the_way(store, pump, cast, now)
    line = transfer.lines.get()
    actions.arrive(transfer=transfer, counted={line.pk: Decimal(2)}, by=None, by_name="赵站长", now=now)
    actions.settle_difference(transfer=transfer, found={}, reason="途中落水", by=cast.leader, now=now)
    lost = Movement.objects.get(kind=MovementKind.LOSS)
    assert (lost.quantity, lost.from_store) == (Decimal(1), None)
    assert (lost.by, lost.area_code) == (cast.leader, store.area_code)
    assert queries.unbalanced() == []
    assert queries.still_out(transfer=transfer) == {line.lot_id: 2}


def test_the_receiver_counts_on_the_link_without_an_account_once(
    cast: Cast, now: datetime, client: Client, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    transfer = on_the_way(store, pump, cast, now, receiver_name="赵站长", driver_name="钱师傅")
    duty = Assignment.objects.get(kind="take_delivery")
    assert duty.contact_point is not None
    assert Delivery.objects.filter(contact_point=duty.contact_point).exists()
    url, line = f"/supplies/deliveries/{transfer.token}/", transfer.lines.get()
    page = client.get(url).content.decode()
    assert "钱师傅" in page
    assert 'value="3"' in page
    wrong = client.post(url, {f"counted_{line.pk}": "4"})
    assert wrong.status_code == 200
    assert client.post(url, {f"counted_{line.pk}": "2", f"reason_{line.pk}": "少一台"}).status_code == 302
    transfer.refresh_from_db()
    assert (transfer.state, transfer.received_name) == (TransferState.RECEIVED_SHORT, "赵站长")
    again = client.post(url, {f"counted_{line.pk}": "3"})
    assert again.status_code == 409
    assert f"counted_{line.pk}" not in client.get(url).content.decode()
    assert client.get("/supplies/deliveries/nobody-knows-it/").status_code == 404


def test_a_load_that_is_still_loading_moves_nothing_and_its_link_opens_nothing(
    cast: Cast, now: datetime, client: Client, pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    transfer = actions.load(
        from_store=store, quantities={pump.pk: Decimal(3)}, destination="3 号桥涵", by=cast.storekeeper, now=now
    )
    assert queries.balance(store, pump) == 3
    assert client.get(f"/supplies/deliveries/{transfer.token}/").status_code == 404
    actions.depart(transfer=transfer, by=cast.storekeeper, now=now + timedelta(minutes=12))
    transfer.refresh_from_db()
    assert (transfer.departed_at, transfer.assignment) == (now + timedelta(minutes=12), None)
    with pytest.raises(Refused):
        actions.call_off(transfer=transfer, by=cast.storekeeper, now=now)


def test_the_storekeeper_hands_out_and_sends_on_the_phone_and_the_duty_officer_reads_it(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client], pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    keeper = signed_in(cast.storekeeper)
    form = keeper.get(f"/supplies/stores/{store.code}/emergency/")
    key = form.context["form"]["client_uuid"].value()
    press = {f"quantity_{pump.pk}": "2", "to_whom": "抢险一队", "client_uuid": key}
    wrong = keeper.post(f"/supplies/stores/{store.code}/emergency/", press | {f"quantity_{pump.pk}": "9"})
    assert "9" in wrong.content.decode()
    assert wrong.context["form"].errors.keys() == {f"quantity_{pump.pk}"}
    for _press in range(2):
        answer = keeper.post(f"/supplies/stores/{store.code}/emergency/", press)
    issue = Issue.objects.get()
    assert answer["Location"] == f"/supplies/issues/{issue.uuid}/"
    officer = signed_in(cast.duty_officer)
    assert "抢险一队" in officer.get(f"/supplies/issues/{issue.uuid}/").content.decode()
    assert keeper.post(f"/supplies/issues/{issue.uuid}/papers/", {"document": "出 31"}).status_code == 302
    sent = keeper.post(
        f"/supplies/stores/{store.code}/send/",
        {f"quantity_{pump.pk}": "1", "destination": "3 号桥涵", "client_uuid": str(uuid.uuid4())},
    )
    assert sent["Location"] == f"/supplies/transfers/{Transfer.objects.get().uuid}/"
    for path in ("", "items/", f"items/{pump.code}/", f"stores/{store.code}/", "issues/", "transfers/", "movements/"):
        assert officer.get(f"/supplies/{path}").status_code == 200, path
    assert officer.get(sent["Location"]).status_code == 200
    assert signed_in(cast.grid_worker).get("/supplies/").status_code == 403


def test_an_officer_sees_the_stores_of_his_own_area_only(
    cast: Cast, now: datetime, signed_in: Callable[[User], Client], pumps: tuple[Store, SupplyItem]
) -> None:
    store, _pump = pumps
    own = a_store(area_code=SUBDISTRICT)
    officer, other = signed_in(cast.subdistrict_officer), signed_in(cast.other_officer)
    assert officer.get(f"/supplies/stores/{own.code}/").status_code == 200
    assert other.get(f"/supplies/stores/{own.code}/").status_code == 404
    assert officer.get(f"/supplies/stores/{store.code}/").status_code == 404
    assert officer.get(f"/supplies/stores/{own.code}/emergency/").status_code == 403


def test_the_administrator_registers_and_changes_a_store(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    admin = signed_in(cast.administrator)
    given = {"code": "K-1", "name": "区防汛仓库", "mode": "own", "area_code": SUBDISTRICT, "phone": "12"}
    assert admin.post("/supplies/stores/new/", given).context["form"].errors.keys() == {"phone"}
    assert admin.post("/supplies/stores/new/", given | {"phone": "0375-2222222"}).status_code == 302
    assert admin.post("/supplies/stores/new/", given | {"phone": ""}).context["form"].errors.keys() == {"code"}
    assert admin.get("/supplies/stores/K-1/edit/").status_code == 200
    answer = admin.post(
        "/supplies/stores/K-1/edit/",
        given | {"phone": "", "keeper": cast.storekeeper.pk, "longitude": "113.33", "latitude": "33.75"},
    )
    store = Store.objects.get(code="K-1")
    assert (answer.status_code, store.keeper, store.position is not None) == (302, cast.storekeeper, True)


def test_the_api_receives_sends_counts_and_draws_the_map(
    cast: Cast, now: datetime, api: Callable[[User], Client], pumps: tuple[Store, SupplyItem]
) -> None:
    store, pump = pumps
    keeper, root = api(cast.storekeeper), "/api/v1/supplies/"
    receipt = {"store": store.code, "item": pump.code, "quantity": "2", "client_uuid": str(uuid.uuid4())}
    first, second = (keeper.post(f"{root}movements/", receipt) for _ in range(2))
    assert (first.status_code, first.json()["uuid"]) == (201, second.json()["uuid"])
    lots = keeper.get(f"{root}stores/{store.code}/lots/").json()["results"]
    assert sum(Decimal(row["quantity"]) for row in lots) == 5
    refused = keeper.post(f"{root}issues/", {"store": store.code, "quantities": {pump.code: "9"}, "to_whom": "抢险队"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict_not_enough")
    issued = keeper.post(f"{root}issues/", {"store": store.code, "quantities": {pump.code: "1"}, "to_whom": "抢险队"})
    assert issued.json()["is_emergency"] is True
    sent = keeper.post(
        f"{root}transfers/", {"from_store": store.code, "destination": "3 号桥涵", "quantities": {pump.code: "2"}}
    ).json()
    counted = {"counted": {str(sent["lines"][0]["id"]): "2"}}
    arrived = keeper.post(f"{root}transfers/{sent['uuid']}/arrive/", counted)
    assert arrived.json()["state"] == "received"
    places = keeper.get(f"{root}stores/?format=geojson").json()
    assert places["features"][0]["properties"]["code"] == store.code
    assert keeper.get(f"{root}items/").json()["results"][0]["quantity"] == "2.000"
    assert api(cast.grid_worker).get(f"{root}stores/").status_code == 403
    assert api(cast.duty_officer).post(f"{root}movements/", receipt).status_code == 403
