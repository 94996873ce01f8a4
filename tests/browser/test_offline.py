"""A phone without network: what was recorded survives, arrives once with its photographs, and is not believed sent."""

import json
import uuid
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from accounts.models import User
from command.models import Closure, Danger
from core import clock
from field.actions import take_in
from field.models import SealedRecord
from field.rules import Sealed
from hazards import actions as hazards
from hazards.models import HazardSite, HouseholdCheck, Inspection, PatrolPoint
from tests import factories
from tests.browser.conftest import PATIENCE, SCREENS
from tests.browser.night import Night
from tests.hazards.doors import door_questions
from tests.journeys.processes import session_of

pytestmark = pytest.mark.browser

Phone = Callable[..., BrowserContext]
RECORDS = "**/api/v1/field/records/"


@pytest.fixture
def phone(chromium: Browser, server: str) -> Iterator[Phone]:
    """`phone(person)`: his telephone, signed in, which knows where it is."""
    opened: list[BrowserContext] = []

    def phone(person: User, *, worker: bool = False) -> BrowserContext:
        width, height = SCREENS["phone"]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, locale="zh-CN",
            geolocation={"longitude": 113.3, "latitude": 33.74, "accuracy": 12}, permissions=["geolocation"],
            service_workers="allow" if worker else "block", base_url=server,
        )  # fmt: skip
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": server}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of Playwright's
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield phone
    for context in opened:
        context.close()


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/field/work/")
    expect(page.locator("[data-field-work][data-ready=yes]")).to_be_attached(timeout=PATIENCE)
    return page


def picture(path: Path, shade: int) -> Path:
    """A photograph as a camera makes it: larger than a phone sends."""
    stream = BytesIO()
    Image.new("RGB", (1800, 1350), (shade, 90, 160)).save(stream, "JPEG")
    path.write_bytes(stream.getvalue())
    return path


def inspect(page: Page, place: HazardSite, photo: Path | None = None) -> None:
    """Everything passes; with a photo, everything but the first thing, which it shows."""
    page.locator("[data-tab=sites]").click()
    page.locator(f'[data-view=sites] a[href="#site={place.code}"]').click()
    items = page.locator("[data-view=site] .item")
    if photo:
        items.nth(0).locator("input[value=fail]").check()
        items.nth(0).locator("input[type=file]").set_input_files(photo)
        expect(items.nth(0).locator(".photos img")).to_have_count(1, timeout=PATIENCE)
    for at in range(1 if photo else 0, len(factories.ITEMS)):
        items.nth(at).locator("input[value=pass]").check()
    page.get_by_role("button", name="完成并发送").click()
    expect(page.locator("[data-view=sites]")).to_be_visible()


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-outbox-bar]")).to_contain_text(words, timeout=PATIENCE)


def test_three_inspections_without_network_survive_the_page_and_arrive_once_with_their_photos(
    night: Night, phone: Phone, tmp_path: Path
) -> None:
    places = [factories.site(name=f"断网点{number}") for number in range(3)]
    context = phone(night.cast.grid_worker, worker=True)
    page = opened(context)
    page.evaluate(
        "navigator.serviceWorker.controller ? 1 : new Promise((go) => "
        "navigator.serviceWorker.addEventListener('controllerchange', () => go(1)))"
    )
    context.set_offline(True)
    for number, place in enumerate(places):
        inspect(page, place, picture(tmp_path / f"{number}.jpg", 60 * number))
    says(page, "3 条待发")
    page.close(run_before_unload=False)

    page = opened(context)
    says(page, "3 条待发")
    mine = Inspection.objects.filter(site__in=places)
    assert mine.count() == 0
    context.set_offline(False)
    says(page, "已全部送出")
    assert sorted(mine.values_list("site__code", flat=True)) == sorted(place.code for place in places)
    for visit in mine:
        assert (visit.photos.count(), visit.missing_photos, visit.failed_items) == (1, [], 1)
        assert visit.photos.get().media.size < 400_000
        assert visit.accuracy_m == 12
    page.evaluate("window.weidongField.flush({now: true})")
    assert (
        mine.count() == SealedRecord.objects.filter(content__body__site__in=[each.code for each in places]).count() == 3
    )


def test_a_captive_portal_that_says_200_is_not_believed_and_the_page_asks_to_stay_open(
    night: Night, phone: Phone, tmp_path: Path
) -> None:
    place = factories.site(name="酒店无线网旁")
    context = phone(night.cast.grid_worker)
    page = opened(context)

    def portal(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<html>请登录无线网</html>")

    def almost(route: Route) -> None:
        route.fulfill(status=200, json={"ok": True, "client_uuid": str(uuid.uuid4())})

    context.route(RECORDS, portal)
    inspect(page, place, picture(tmp_path / "one.jpg", 10))
    says(page, "请勿关闭本页，还有 1 条待发")
    page.locator("[data-outbox-bar]").click()
    expect(page.locator("[data-why]")).to_contain_text("下次")
    context.unroute(RECORDS, portal)
    context.route(RECORDS, almost)
    with page.expect_response(RECORDS):
        page.get_by_role("button", name="立即发送").click()
    says(page, "1 条待发")
    assert not Inspection.objects.filter(site=place).exists()
    context.unroute(RECORDS, almost)
    page.get_by_role("button", name="立即发送").click()
    says(page, "已全部送出")
    assert Inspection.objects.get(site=place).photos.count() == 1


@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_that_send_at_once_send_each_record_once(locks: bool, night: Night, phone: Phone) -> None:
    places = [factories.site(name=f"两个页面{number}") for number in range(2)]
    context = phone(night.cast.grid_worker)
    if not locks:
        context.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    posted: list[Any] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/field/records/"):
            posted.append(json.loads(request.post_data or "{}")["client_uuid"])

    first, second = opened(context), opened(context)
    context.set_offline(True)
    for place in places:
        inspect(second, place)
    context.on("request", note)
    context.set_offline(False)
    for page in (first, second):
        page.evaluate("void window.weidongField.flush({now: true})")
    says(second, "已全部送出")
    assert Inspection.objects.filter(site__in=places).count() == 2
    assert sorted(posted) == sorted(set(posted))


def test_another_record_under_the_same_number_shows_both_versions_and_mine_goes_as_a_new_one(
    night: Night, phone: Phone
) -> None:
    place = factories.site(name="同号点")
    used, worker = factories.checklist(place.kind), night.cast.grid_worker
    context = phone(worker)
    page = opened(context)
    context.set_offline(True)
    inspect(page, place)
    [number] = page.evaluate(
        "window.weidongField.store.records().then((rows) => rows.filter((row) => row.state !== 'acknowledged')"
        ".map((row) => row.uuid))"
    )
    answers = [{"item": item.pk, "result": "pass", "note": ""} for item in used.items.all()]
    body = {"site": place.code, "checklist": used.pk, "answers": answers, "note": "先到的那份", "on_behalf_of": ""}
    sealed = Sealed(client_uuid=uuid.UUID(number), kind="inspection", captured_at=timezone.now(), body=body)
    take_in(sealed=sealed, by=worker, now=clock.now())
    context.set_offline(False)
    says(page, "1 条未被接收")
    page.locator("[data-outbox-bar]").click()
    page.get_by_text("对照两份内容").last.click()
    expect(page.locator(".field-version").first).to_contain_text("先到的那份")
    page.get_by_role("button", name="作为新记录发送").click()
    says(page, "已全部送出")
    assert Inspection.objects.filter(site=place).count() == 2


def test_signing_out_takes_everything_off_the_phone(night: Night, phone: Phone) -> None:
    context = phone(night.cast.other_worker)
    page = opened(context)
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    page.goto("/me/")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in/")
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_the_rules_of_the_outbox(night: Night, phone: Phone) -> None:
    page = opened(phone(night.cast.other_worker))
    assert page.evaluate("[0, 1, 2, 6, 7, 50].map(window.weidongField.backOff)") == [
        5000, 5000, 10000, 160000, 300000, 300000,
    ]  # fmt: skip
    verdicts = "[[201, true], [200, false], [403, true], [409, true], [502, false], [429, true], [400, false]]"
    assert page.evaluate(f"{verdicts}.map(([status, ours]) => window.weidongField.verdict(status, ours))") == [
        "taken", "later", "signed_out", "refused", "later", "later", "later",
    ]  # fmt: skip
    order = page.evaluate(
        """window.weidongField.inOrder([
            {code: "d", position: [113.4, 33.7]}, {code: "c", position: [113.3, 33.7]},
            {code: "b", due_at: "2026-07-20T00:00Z"}, {code: "a", due_at: "2026-07-21T00:00Z"},
        ], [113.3, 33.7]).map((site) => site.code)"""
    )
    assert order == ["b", "a", "c", "d"]
    assert page.evaluate("window.weidongField.shrunk(4000, 3000)") == [1600, 1200]
    assert page.evaluate("window.weidongField.shrunk(800, 600)") == [800, 600]
    queue = page.evaluate(
        """window.weidongField.toSend([
            {uuid: "b", state: "sealed", sealed_at: 2}, {uuid: "a", state: "sending", sealed_at: 1},
            {uuid: "c", state: "draft"}, {uuid: "d", state: "refused", sealed_at: 0},
        ]).map((row) => row.uuid)"""
    )
    assert queue == ["a", "b"]


def test_a_danger_a_closing_and_a_fix_without_network_arrive_once_each(
    night: Night, phone: Phone, tmp_path: Path
) -> None:
    place, worker = factories.site(name="断网涵洞"), night.cast.grid_worker
    row = hazards.report_finding(
        uuid=uuid.uuid4(), site=place, what="挡水板松动", by=night.cast.subdistrict_officer, now=clock.now()
    )
    hazards.assign_finding(finding=row, by=night.cast.duty_officer, fixer=worker, now=clock.now())
    context = phone(worker, worker=True)
    page = opened(context)
    page.evaluate(
        "navigator.serviceWorker.controller ? 1 : new Promise((go) => "
        "navigator.serviceWorker.addEventListener('controllerchange', () => go(1)))"
    )
    context.set_offline(True)
    page.get_by_role("link", name="断行", exact=True).click()
    page.locator(f'[data-view=roads] a[href="#road={place.code}"]').click()
    page.locator('[data-part=water] [data-depth="40"]').click()
    says(page, "1 条待发")

    page.goto("/field/danger/")  # the worker shows the page that lies on the phone
    form = page.locator("[data-view=danger]")
    expect(form.locator("[data-place]")).to_contain_text("12 米", timeout=PATIENCE)
    form.get_by_label("内涝").check()
    form.locator("input[type=file]").set_input_files(picture(tmp_path / "danger.jpg", 120))
    expect(form.locator(".photos img")).to_have_count(1, timeout=PATIENCE)
    form.get_by_label("在哪里").fill("涵洞东口")
    form.get_by_role("button", name="上报险情").click()
    says(page, "2 条待发")

    page.goto(f"/field/work/#fix={row.uuid}")
    form = page.locator("[data-view=fix]")
    form.locator("input[type=file]").set_input_files(picture(tmp_path / "after.jpg", 200))
    expect(form.locator(".photos img")).to_have_count(1, timeout=PATIENCE)
    form.get_by_role("button", name="报整改完成").click()
    says(page, "3 条待发")
    page.close(run_before_unload=False)

    page = opened(context)
    says(page, "3 条待发")
    assert not Closure.objects.filter(site=place).exists()
    context.set_offline(False)
    says(page, "已全部送出")
    danger, closing = Danger.objects.get(place="涵洞东口"), Closure.objects.get(site=place)
    assert danger.acts.exclude(photo=None).count() == 1
    assert (closing.closed_by, closing.depth_cm) == (worker, 40)
    row.refresh_from_db()
    assert (row.state, row.photos.count()) == ("submitted", 1)
    page.evaluate("window.weidongField.flush({now: true})")
    assert Danger.objects.filter(place="涵洞东口").count() == closing.acts.filter(verb="close").count() == 1


def test_a_household_a_patrol_and_a_measure_without_network_arrive_once_each(
    night: Night, phone: Phone, tmp_path: Path
) -> None:
    door_questions()
    worker, home = night.cast.grid_worker, factories.household(address="离线巷 7 号")
    row = hazards.report_finding(
        uuid=uuid.uuid4(), site=factories.site(), what="护栏倾斜", by=night.cast.subdistrict_officer, now=clock.now()
    )
    hazards.assign_finding(finding=row, by=night.cast.duty_officer, fixer=worker, now=clock.now())
    point = PatrolPoint.objects.filter(run__assignment__assignee=worker, checked_at=None).order_by("order")[0]
    context = phone(worker, worker=True)
    page = opened(context)
    page.evaluate(
        "navigator.serviceWorker.controller ? 1 : new Promise((go) => "
        "navigator.serviceWorker.addEventListener('controllerchange', () => go(1)))"
    )
    context.set_offline(True)
    page.locator("[data-tab=doors]").click()
    page.get_by_role("link", name="入户排查").click()
    page.locator("[data-view=homes] [data-find]").fill("离线巷")
    page.locator(f'[data-view=homes] a[href="#home={home.pk}"]').click()
    form = page.locator("[data-view=home]")
    first, second = form.locator("[data-slot=questions] .item").all()
    first.locator("input[value=pass]").check()
    form.get_by_role("button", name="完成并发送").click()
    expect(form.locator(".has-error")).to_have_count(1)  # one question was left open
    second.locator("input[value=fail]").check()
    second.locator("input[type=text]").fill("打不通")
    form.locator("[data-slot=photos] input[type=file]").set_input_files(picture(tmp_path / "door.jpg", 20))
    expect(form.locator(".photos img")).to_have_count(1, timeout=PATIENCE)
    form.get_by_role("button", name="完成并发送").click()
    says(page, "1 条待发")

    page.locator("[data-tab=sites]").click()
    page.locator(f'[data-view=sites] a[href="#patrol={point.run_id}"]').click()
    card = page.locator(f'[data-point="{point.pk}"]')
    card.get_by_role("button").click()
    says(page, "2 条待发")
    expect(card.get_by_role("button")).to_have_count(0)

    page.goto(f"/field/work/#control={row.uuid}")
    form = page.locator("[data-view=control]")
    form.get_by_label("临时管控").fill("拉警戒线")
    form.get_by_role("button", name="记录措施").click()
    says(page, "3 条待发")
    page.close(run_before_unload=False)

    page = opened(context)
    says(page, "3 条待发")
    assert not HouseholdCheck.objects.filter(household=home).exists()
    context.set_offline(False)
    says(page, "已全部送出")
    check = HouseholdCheck.objects.get(household=home)
    assert (check.failed_items, check.photo is not None, check.accuracy_m) == (1, True, 12)
    point.refresh_from_db()
    row.refresh_from_db()
    assert (point.by, point.accuracy_m, row.measure) == (worker, 12, "拉警戒线")
    page.evaluate("window.weidongField.flush({now: true})")
    assert row.steps.filter(step="control").count() == HouseholdCheck.objects.filter(household=home).count() == 1


def test_a_saved_file_is_sealed_by_the_phone_and_read_in_by_the_officer(
    night: Night, phone: Phone, tmp_path: Path
) -> None:
    place, worker = factories.site(name="存成文件的点"), night.cast.grid_worker
    context = phone(worker)
    page = opened(context)
    context.set_offline(True)
    inspect(page, place, picture(tmp_path / "one.jpg", 33))
    says(page, "请勿关闭本页，还有 1 条待发")
    page.locator("[data-outbox-bar]").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="把未发送的内容存为文件").click()
    saving.value.save_as(tmp_path / "unsent.json")

    desk = phone(night.cast.subdistrict_officer).new_page()
    desk.goto("/field/files/")
    desk.locator("input[type=file]").set_input_files(tmp_path / "unsent.json")
    desk.get_by_role("button", name="读入").click()
    expect(desk.locator("h1")).to_contain_text("入库 1 条", timeout=PATIENCE)
    assert Inspection.objects.get(site=place).photos.count() == 1
    assert SealedRecord.objects.get(content__body__site=place.code).brought_by == night.cast.subdistrict_officer
    context.set_offline(False)
    says(page, "已全部送出")
    assert Inspection.objects.filter(site=place).count() == 1


def test_a_phone_that_never_held_anything_says_so_and_shows_no_empty_map(night: Night, phone: Phone) -> None:
    context = phone(night.cast.other_worker)
    context.route("**/api/v1/field/**", lambda route: route.abort())
    page = opened(context)
    says(page, "本机没有要发送的内容")
    expect(page.locator("[data-field-question]")).to_contain_text("请在有网络时打开一次本页")
    assert page.locator("[data-field-map]").is_hidden()
