"""Loads the demo district by the ways that a real one takes: its sheets, the register, a round.

Every step can be repeated: what is there already stays, and the step says so.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import RoleHeld, User
from alerts.models import WarningFeed
from command.models import Shelter
from core.rules import SYSTEM, Refused
from hazards import actions as hazards
from hazards.models import CitizenRequest, HazardSite, HouseholdCheck, InspectionRound
from simulators.district import (
    diary,
    drill,
    gridwork,
    inspecting,
    mending,
    posts,
    proofs,
    reaching,
    register,
    response_plan,
    sheets,
    shelters,
    stores,
)
from simulators.district.people import SIGN_INS, everybody, headquarters
from simulators.district.places import dangers, responsible
from simulators.district.plan import DISTRICT
from simulators.district.sketch import geojson
from territory import actions as territory
from territory.enums import ImportState
from territory.models import CalendarDay, Household, Season, SheetImport

OPENED_BEFORE = timedelta(hours=30)
DUE_BEFORE = timedelta(hours=2)
ROUND = "入汛前全面再排查（示例）"


@dataclass(frozen=True)
class Step:
    """What one step did, in a line; `changed` counts what it wrote."""

    name: str
    changed: int
    words: str


def steps(households: int) -> list[tuple[str, Callable[[datetime], Step]]]:
    """The steps in their order, each to be called with the present moment."""
    return [
        ("areas", areas),
        ("people", people),
        ("roll", lambda now: roll(households, now=now)),
        ("calendar", calendar),
        ("checklists", checklists),
        ("sites", sites),
        ("shelters", places_to_go),
        ("round", first_round),
        ("gridwork", grid_work),
        ("plan", contingency_plan),
        ("stores", supply_stores),
        ("posts", duty_posts),
        ("units", key_units),
        ("log", duty_log),
        ("drill", drill_plan),
        ("templates", reviewed_texts),
        *([("feed", warning_feed)] if os.environ.get("WEATHER_URL") else []),
    ]


def areas(now: datetime) -> Step:
    """The tree with its sketched borders."""
    before = SheetImport.objects.count()
    sheet = territory.import_areas(csv=sheets.areas(), geojson=geojson(), file_name="演示区划.csv", by=SYSTEM, now=now)
    fresh = SheetImport.objects.count() > before
    return Step("区划", sheet.new + sheet.changed if fresh else 0, f"{sheet.total} 个区域")


def people(now: datetime) -> Step:
    """Everybody, by an administrator who is set up first, as on a real first day."""
    content = sheets.people()
    admin = administrator(now)
    digest = hashlib.sha256(content).hexdigest()
    if SheetImport.objects.filter(kind="people", sha256=digest, state=ImportState.STORED).exists():
        return Step("人员", 0, f"{len(everybody())} 人")
    checked = accounts.check_people(content=content, file_name="演示人员.csv", by=admin, now=now)
    sheet = accounts.store_people(sheet=checked, content=content, by=admin, now=now)
    return Step("人员", sheet.new + sheet.changed, f"{len(everybody())} 人")


def administrator(now: datetime) -> User:
    """The one account that no import can bring."""
    person = next(one for one in headquarters() if one.username == "admin")
    known = User.objects.filter(username=person.username).first()
    if known is not None:
        return known
    made = User.objects.create_superuser(
        person.username, name=person.name, phone=f"+86{person.phone}", activated_at=now, phone_verified_at=now
    )
    RoleHeld.objects.create(user=made, role=person.role, area_code=DISTRICT, since=now - timedelta(days=365))
    return made


def roll(count: int, *, now: datetime) -> Step:
    """The household roll, unless as many are there already."""
    known = Household.objects.filter(retired_at__isnull=True).count()
    if known >= count:
        return Step("户册", 0, f"{known:,} 户")
    content = sheets.roll(count)
    checked = SheetImport(kind="roll", sha256=hashlib.sha256(content).hexdigest(), file_name="演示户册.csv")
    stored = territory.store_roll(sheet=checked, content=content, by=SYSTEM, now=now)
    return Step("户册", stored.new + stored.changed, f"{stored.total:,} 户")


def calendar(now: datetime) -> Step:
    """This year's flood season and, where its notice is known, its holidays."""
    year = timezone.localtime(now).year
    before = Season.objects.count(), CalendarDay.objects.filter(date__year=year).count()
    season = territory.open_usual_season(year=year, by=SYSTEM, now=now)
    days = before[1]
    if not days:
        try:
            days = territory.load_calendar(year=year, by=SYSTEM, now=now)
        except Refused:
            days = 0  # this version does not know the year's notice: dates stay unknown, as in a real district
    return Step("汛期与节假日", Season.objects.count() - before[0] + days - before[1], f"{season.name}，日历 {days} 天")


def checklists(now: datetime) -> Step:
    """The shipped checklists."""
    made = hazards.load_checklists(now=now)
    return Step("排查清单", len(made), "六类点位、入户")


def sites(now: datetime) -> Step:
    """The 105 sites with who answers for them, since before the first round."""
    known = set(HazardSite.objects.values_list("code", flat=True))
    fresh = [danger for danger in dangers() if danger.code not in known]
    admin = administrator(now)
    persons = {user.username: user for user in User.objects.filter(username__in=[one.username for one in everybody()])}
    since = now - OPENED_BEFORE - timedelta(days=30)
    for danger in fresh:
        site = hazards.register_site(
            code=danger.code,
            kind=danger.kind,
            name=danger.name,
            area_code=danger.area_code,
            geometry=danger.geometry,
            closing_depth_cm=danger.closing_depth_cm,
            note="封控水深为示例值，以本区公布为准。" if danger.closing_depth_cm else "",
            is_sample=True,
            by=admin,
            now=since,
        )
        for role, person in responsible(danger).items():
            hazards.name_responsible(site=site, role=role, person=persons[person.username], by=admin, now=since)
    return Step("隐患点", len(fresh), f"{len(dangers())} 处")


def places_to_go(now: datetime) -> Step:
    """Shelters and high ground, and ways round the underpasses."""
    return Step("避险场所", shelters.load(now=now), f"{Shelter.objects.count()} 处，下穿桥涵绕行说明")


def first_round(now: datetime) -> Step:
    """One open round: most sites inspected and verified, some waiting, some late."""
    if InspectionRound.objects.exists():
        return Step("排查轮次", 0, "已有")
    commander = User.objects.get(username="commander")
    opened = inspecting.open_and_work(
        title=ROUND, by=commander, opened_at=now - OPENED_BEFORE, due_at=now - DUE_BEFORE, now=now
    )
    mending.mend(now=now, by=commander)
    counted = opened.members.count()
    return Step("排查轮次", counted, f"第 {opened.number} 轮，{counted} 处")


def grid_work(now: datetime) -> Step:
    """A few household checks and requests in every sub-district."""
    checks, requests = gridwork.load(now=now)
    words = f"入户排查 {HouseholdCheck.objects.count()} 户次，诉求 {CitizenRequest.objects.count()} 件"
    return Step("网格", checks + requests, words)


def duty_posts(now: datetime) -> Step:
    """The posts of the command room and the sub-districts, with rosters for a month either side of today."""
    return Step("值班", *posts.load(now=now))


def duty_log(now: datetime) -> Step:
    """A few lines of the duty log."""
    return Step("值班日志", diary.load(now=now), f"{len(diary.LINES)} 条")


def supply_stores(now: datetime) -> Step:
    """The twelve stores with their lots, and a little work in them."""
    people_of = {
        user.username: user for user in User.objects.filter(username__in=["store", "kg02", "kg03", "kg04", "duty"])
    }
    keepers = [people_of[name] for name in ("store", "kg02", "kg03", "kg04") if name in people_of]
    made = stores.fill(admin=administrator(now), keepers=keepers, now=now)
    if made:
        stores.at_work(keeper=people_of["store"], officer=people_of["duty"], now=now)
    made += proofs.prove(keeper=keepers[0], officer=keepers[-1], leader=people_of["duty"], now=now)
    return Step("物资仓库", made, f"{len(stores.DEPOTS)} 座，{len(stores.GOODS)} 种物资")


def contingency_plan(now: datetime) -> Step:
    """The example of a contingency plan: what each response level asks of whom."""
    plan, is_new = response_plan.load(now)
    count = plan.templates.count()
    named = response_plan.partners()
    return Step("应急预案", (count if is_new else 0) + named, f"{plan.version}，{count} 项任务")


def drill_plan(now: datetime) -> Step:
    """A finished drill plan with its injects, from the sheet."""
    changed, words = drill.load(now=now)
    return Step("演练", changed, words)


def key_units(now: datetime) -> Step:
    """Key units with their receivers, and chains of telephones of some must-reach households."""
    units, chains = reaching.load(keeper=administrator(now), now=now)
    return Step("重点单位", units + chains, f"每个社区 {reaching.EACH} 家，{reaching.CHAINS} 户有电话链")


def reviewed_texts(now: datetime) -> Step:
    """The texts of a storm, approved by the provider of the one account: the board says that a second is missing."""
    fresh, total = register.load(now=now)
    return Step("短信模板", fresh, f"{total} 项已通过")


def warning_feed(now: datetime) -> Step:
    """The feed of the stand-in weather service."""
    url = os.environ["WEATHER_URL"]
    feed, fresh = WarningFeed.objects.update_or_create(
        name="示例气象台", defaults={"url": f"{url}/feed.atom", "every_seconds": 15}
    )
    return Step("预警源", int(fresh), feed.url)


def sign_ins(now: datetime) -> str:
    """Lets the ten demo people sign in; returns the password when it was set now, else nothing.

    One hash for all ten: hashing is slow by intention, and they share the password anyway.
    """
    given = os.environ.get("DEMO_PASSWORD", "")
    users = list(User.objects.filter(username__in=SIGN_INS))
    if all(user.has_usable_password() for user in users) and (not given or users[0].check_password(given)):
        return ""
    password = given or secrets.token_urlsafe(9)
    hashed = make_password(password)
    for user in users:
        user.password, user.activated_at, user.phone_verified_at = hashed, now, now
    User.objects.bulk_update(users, ["password", "activated_at", "phone_verified_at"])
    return password
