"""Readiness is the least of three proofs; a count made while stock moves finds what is really missing."""

import dataclasses
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from core.rules import Refused
from supplies.enums import Part, Standing, StockFault, Why
from supplies.rules.readiness import (
    RANK,
    Evidence,
    Facts,
    LotHeld,
    applies,
    expiring,
    governing,
    is_silent,
    is_told_again,
    least,
    movable,
    parts_of,
    percent,
    sufficient,
    usable,
)
from supplies.rules.sheet import COLUMNS, REQUIRED, day_of, quantity_of, read_stock
from supplies.rules.stocktake import (
    Change,
    Tally,
    check_approver,
    check_booking,
    check_people,
    expected_at,
    fingerprint,
)
from territory.rules import read_sheet

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
LAST_WEEK = Evidence(True, NOW - timedelta(days=7))
TIMED = Evidence(True, NOW - timedelta(days=7), 12)
PROVEN = Facts(
    required=Decimal(10),
    held=Decimal(12),
    in_date=Decimal(12),
    has_keeper=True,
    has_vehicle=True,
    counted=LAST_WEEK,
    common_moved=LAST_WEEK,
    timed=TIMED,
    common_used=LAST_WEEK,
    load_minutes=20,
)

ages = st.integers(0, 200).map(lambda days: NOW - timedelta(days=days))
proofs = st.none() | st.builds(Evidence, st.booleans(), ages, st.none() | st.integers(1, 60))
amounts = st.decimals(0, 20, places=1)
facts_of_any_kind = st.builds(
    Facts,
    required=st.decimals(1, 10, places=1),
    held=amounts,
    in_date=amounts,
    has_keeper=st.booleans(),
    has_vehicle=st.booleans(),
    counted=proofs,
    own_moved=proofs,
    common_moved=proofs,
    timed=proofs,
    own_used=proofs,
    common_used=proofs,
    load_minutes=st.none() | st.integers(1, 60),
    needs_run=st.booleans(),
)


@given(facts_of_any_kind)
def test_ready_is_never_more_than_the_least_of_its_three_parts(facts: Facts) -> None:
    parts = parts_of(facts, now=NOW)
    whole = least(part.standing for part in parts)
    assert all(RANK[whole] <= RANK[part.standing] for part in parts)
    assert any(part.standing == whole for part in parts)


@given(facts_of_any_kind)
def test_nothing_is_ready_without_a_proof_that_has_a_date_and_is_not_too_old(facts: Facts) -> None:
    for part in parts_of(facts, now=NOW):
        if part.standing == Standing.READY:
            assert part.at is not None
            assert NOW - part.at <= timedelta(days=90)
            assert facts.held >= facts.required or part.part != Part.SUFFICIENT
            assert facts.in_date >= min(facts.held, facts.required) or part.part != Part.USABLE


@given(facts_of_any_kind)
def test_taking_any_proof_away_never_makes_anything_readier(facts: Facts) -> None:
    before = least(part.standing for part in parts_of(facts, now=NOW))
    for name in ("counted", "timed"):
        poorer = dataclasses.replace(facts, **{name: None})  # type: ignore[arg-type]  # both may be None
        after = least(part.standing for part in parts_of(poorer, now=NOW))
        assert RANK[after] <= RANK[before] or before == Standing.NOT_READY


@given(facts_of_any_kind, st.integers(0, 400))
def test_time_alone_never_makes_anything_ready(facts: Facts, days: int) -> None:
    before = least(part.standing for part in parts_of(facts, now=NOW))
    after = least(part.standing for part in parts_of(facts, now=NOW + timedelta(days=days)))
    assert after != Standing.READY or before == Standing.READY


def test_what_is_counted_confirmed_timed_and_tested_is_ready() -> None:
    assert [part.standing for part in parts_of(PROVEN, now=NOW)] == [Standing.READY] * 3


@pytest.mark.parametrize(
    ("change", "standing", "why"),
    [
        ({"held": Decimal(9)}, Standing.NOT_READY, Why.TOO_LITTLE),
        ({"counted": None}, Standing.UNKNOWN, Why.NEVER_PROVEN),
        ({"counted": Evidence(True, NOW - timedelta(days=91))}, Standing.UNKNOWN, Why.TOO_OLD),
    ],
)
def test_sufficient_asks_for_the_quota_and_a_fresh_count(
    change: dict[str, object], standing: Standing, why: Why
) -> None:
    found = sufficient(dataclasses.replace(PROVEN, **change), now=NOW)  # type: ignore[arg-type]  # a table of changes
    assert (found.standing, found.why) == (standing, why)


@pytest.mark.parametrize(
    ("change", "standing", "why"),
    [
        ({"has_keeper": False}, Standing.NOT_READY, Why.NO_KEEPER),
        ({"has_vehicle": False}, Standing.NOT_READY, Why.NO_VEHICLE),
        ({"timed": None}, Standing.UNKNOWN, Why.NOT_TIMED),
        ({"timed": Evidence(True, NOW, 21)}, Standing.NOT_READY, Why.TOO_SLOW),
        ({"own_moved": Evidence(False, NOW - timedelta(days=9))}, Standing.NOT_READY, Why.FAILED),
    ],
)
def test_movable_asks_for_keeper_vehicle_and_a_timed_loading(
    change: dict[str, object], standing: Standing, why: Why
) -> None:
    found = movable(dataclasses.replace(PROVEN, **change), now=NOW)  # type: ignore[arg-type]  # a table of changes
    assert (found.standing, found.why) == (standing, why)


def test_a_walk_through_the_store_does_not_hide_the_pump_that_did_not_start() -> None:
    failed = Evidence(False, NOW - timedelta(days=20))
    assert governing(failed, LAST_WEEK) is failed
    pump = dataclasses.replace(PROVEN, needs_run=True, own_used=None)
    assert usable(pump, now=NOW).why == Why.NEVER_PROVEN
    assert usable(dataclasses.replace(pump, own_used=failed), now=NOW).why == Why.FAILED
    assert usable(dataclasses.replace(pump, own_used=LAST_WEEK), now=NOW).standing == Standing.READY
    stale = dataclasses.replace(pump, own_used=Evidence(True, NOW - timedelta(days=32)))
    assert usable(stale, now=NOW).why == Why.TOO_OLD


def test_a_quota_of_a_level_is_asked_for_at_that_level_and_graver_ones() -> None:
    assert [applies(3, level) for level in (None, 4, 3, 2, 1)] == [False, False, True, True, True]
    assert all(applies(None, level) for level in (None, 4, 1))
    assert (percent(199, 200), percent(0, 0)) == (99, 0)


def test_goods_are_good_on_their_last_day() -> None:
    today = date(2026, 7, 19)
    lots = [LotHeld(1, 1, Decimal(5), today + timedelta(days=days)) for days in (-1, 0, 30, 31)]
    gone, soon = expiring([*lots, LotHeld(1, 1, Decimal(0), today - timedelta(days=9))], today=today)
    assert (gone, soon) == (lots[:1], lots[1:3])


def test_an_unchanged_list_is_told_again_after_a_week_and_never_in_a_grave_response() -> None:
    for days, news, told in ((1, "a", False), (6, "a", False), (7, "a", True), (1, "b", True)):
        last = NOW - timedelta(days=days)
        assert is_told_again(last_news="a", last_at=last, news=news, now=NOW) is told
    assert [is_silent(level) for level in (None, 4, 3, 1)] == [False, False, True, True]


@given(st.randoms(use_true_random=False), st.integers(0, 12), st.integers(-5, 5))
def test_counting_while_stock_moves_books_exactly_what_was_really_missing(
    dice: random.Random, moves: int, hidden: int
) -> None:
    """The shelf always holds `hidden` more than the books; both move alike; papers may come late."""
    opening = Decimal(100)
    minutes = sorted(dice.sample(range(1, 200), moves))
    changes = [Change(NOW + timedelta(minutes=at), Decimal(dice.randint(-5, 8))) for at in minutes]
    counted_at = NOW + timedelta(minutes=dice.randint(0, 210))
    books = [Change(NOW, opening), *changes]
    dice.shuffle(books)  # rows are typed in any order, also after the count
    on_the_shelf = (
        hidden + opening + sum((one.quantity for one in changes if one.occurred_at <= counted_at), Decimal(0))
    )
    tally = Tally(1, recounted=on_the_shelf, expected_later=expected_at(books, counted_at))
    assert tally.difference == hidden
    after = sum((one.quantity for one in books), Decimal(0)) + tally.difference
    assert after == hidden + opening + sum((one.quantity for one in changes), Decimal(0))


def test_three_people_count_recount_and_approve() -> None:
    with pytest.raises(Refused) as refused:
        check_people(counter=1, recounter=1)
    assert refused.value.code == "stocktake.same_counter"
    for approver in (1, 2):
        with pytest.raises(Refused) as refused:
            check_approver(approver, counter=1, recounter=2)
        assert refused.value.code == "stocktake.own_count"
    check_approver(3, counter=1, recounter=2)


def test_booking_is_refused_for_figures_that_nobody_has_looked_at() -> None:
    seen = [Tally(1, Decimal(3), Decimal(4), Decimal(3), Decimal(4))]
    check_booking(seen, seen=fingerprint(seen), reason="上次抢险未登记")
    late_paper = [Tally(1, Decimal(3), Decimal(3), Decimal(3), Decimal(3))]
    with pytest.raises(Refused) as refused:
        check_booking(late_paper, seen=fingerprint(seen), reason="上次抢险未登记")
    assert refused.value.code == "conflict.figures_changed"
    with pytest.raises(Refused) as refused:
        check_booking(seen, seen=fingerprint(seen), reason=" ")
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("20,000", "条", "20000"),
        ("２０，０００ 条", "条", "20000"),
        ("1.5", "kg", "1.5"),
        ("0", "台", "0"),
        ("20条", "台", None),
        ("若干", "条", None),
        ("-3", "条", None),
        ("1.2345", "kg", None),
        ("1,00", "条", None),
    ],
)
def test_quantities_are_read_as_people_write_them(text: str, unit: str, found: str | None) -> None:
    assert quantity_of(text, unit) == (None if found is None else Decimal(found))


def test_a_month_is_good_to_its_end() -> None:
    assert day_of("2027-02", last=True) == date(2027, 2, 28)
    assert day_of("2027年12月", last=True) == date(2027, 12, 31)
    assert day_of("2026/6/1") == day_of("46174") == date(2026, 6, 1)
    assert day_of("2026-13") is None


def a_list_of_the_ground() -> bytes:
    """A title row, merged store cells, 同上, totals, a figure with a comma, a formula-like note."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["卫东区防汛物资储备明细表"])
    page.append(["仓库名称", "品名", "计量单位", "现有数量", "储备定额", "有效期", "备注"])
    page.append(["一号库", "编织袋", "条", "20,000", 30000, None, None])
    page.append([None, "潜水泵", "台", 6, None, None, "=1+1"])
    page.append(["二号库", "编织袋", "同上", 500, None, None, None])
    page.append([None, "合计", None, 20506, None, None, None])
    page.append(["合计", None, None, 20506, None, None, None])
    page.append(["二号库", "急救包", "个", "若干", None, "2027-05", None])
    page.merge_cells("A3:A4")
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_list_from_the_ground_is_read_with_its_merged_cells_and_without_its_totals() -> None:
    rows, faults = read_stock(read_sheet(a_list_of_the_ground(), COLUMNS, REQUIRED))
    assert [(row.store, row.item_name, row.quantity, row.quota) for row in rows[:2]] == [
        ("一号库", "编织袋", Decimal(20000), Decimal(30000)),
        ("一号库", "潜水泵", Decimal(6), None),
    ]
    wrong = {(fault.row, fault.column): fault.fault for fault in faults}
    assert wrong[8, "数量"] == StockFault.QUANTITY_WRONG
    assert wrong[5, "单位"] == StockFault.DISAGREES  # 同上 means the 台 above, and sacks are counted in 条
