"""Inspections of the demo's sites, made through the same actions as a worker's phone."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from core.actions import store_photo
from hazards import actions as hazards
from hazards.enums import ItemResult
from hazards.models import Checklist, HazardSite, InspectionRound, RoundMember
from hazards.queries import current_checklist
from hazards.rules import AnswerGiven, PhotoGiven
from simulators.district.people import officers
from simulators.district.plan import DISTRICT
from territory.rules import scope_of

NAMESPACE = uuid.UUID("3c6f2a52-7c1d-4a7e-9a53-0d1f4a104030")
UNSEEN = 5  # nobody has been there
UNVERIFIED = 4  # inspected, nobody has looked at it
FINDING_EVERY = 14  # one visit in so many finds something


def open_and_work(*, title: str, by: User, opened_at: datetime, due_at: datetime, now: datetime) -> InspectionRound:
    """Opens a round over the district and works on it, all but the last nine sites of a fixed shuffle."""
    opened = hazards.open_round(title=title, scope=scope_of(DISTRICT), due_at=due_at, by=by, now=opened_at)
    members = shuffled(opened.members.select_related("site", "assignment__assignee"))
    inspect(members[: len(members) - UNSEEN], since=opened_at, until=due_at, now=now)
    verify(members[: len(members) - UNSEEN - UNVERIFIED], now=now)
    return opened


def shuffled(members: Iterable[RoundMember]) -> list[RoundMember]:
    """The members in an order that has nothing to do with their codes, the same every time."""
    return sorted(members, key=lambda member: uuid.uuid5(NAMESPACE, member.site.code).int)


def inspect(
    members: Iterable[RoundMember],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    exercise: uuid.UUID | None = None,
) -> int:
    """Whoever owes a member's duty goes there, at moments spread over the time given; returns how many went."""
    owed = [
        (member, member.assignment.assignee)
        for member in members
        if member.assignment is not None and member.assignment.assignee is not None
    ]
    lists: dict[str, Checklist] = {}
    for number, (member, inspector) in enumerate(owed):
        checklist = lists.get(member.site.kind) or current_checklist(member.site.kind)
        if checklist is None:
            continue
        lists[member.site.kind] = checklist
        at = since + (until - since) * (0.15 + 0.8 * number / max(1, len(owed)))
        finds = number % FINDING_EVERY == 7
        _visit(
            member.site, checklist, by=inspector, at=min(at, now), key=str(member.pk), finds=finds, exercise=exercise
        )
    return len(owed)


def _visit(
    site: HazardSite,
    checklist: Checklist,
    *,
    by: User,
    at: datetime,
    key: str,
    finds: bool,
    exercise: uuid.UUID | None,
) -> None:
    items = list(checklist.items.all())
    faulty = items[len(site.code) % len(items)] if finds else None
    answers = [
        AnswerGiven(item.pk, ItemResult.FAIL, "示例：发现问题，已通知整改")
        if item == faulty
        else AnswerGiven(item.pk, ItemResult.PASS)
        for item in items
    ]
    photos = []
    if faulty is not None:
        media = store_photo(data=picture(site.code), by_id=by.pk)
        photos = [PhotoGiven(media.pk, faulty.pk)]
    middle = site.geometry.point_on_surface if site.geometry else None
    hazards.record_inspection(
        client_uuid=uuid.uuid5(NAMESPACE, f"{key}:{site.code}"),
        site=site,
        answers=answers,
        photos=photos,
        by=by,
        now=at,
        occurred_at=at,
        position=(round(middle.x + 0.0001, 6), round(middle.y + 0.0001, 6)) if middle else None,
        accuracy_m=12.0,
        checklist=checklist,
        exercise=exercise,
    )


def verify(members: Iterable[RoundMember], *, now: datetime) -> int:
    """The officer of each sub-district confirms what was inspected there; returns how many."""
    verifiers = {
        user.username: user
        for user in User.objects.filter(username__in=[one.username for one in officers()]).prefetch_related(
            "roles_held"
        )
    }
    by_street = {one.area_code: verifiers[one.username] for one in officers()[::2]}
    count = 0
    found = RoundMember.objects.filter(pk__in=[member.pk for member in members]).select_related("inspection")
    for member in found.order_by("pk"):
        visit = member.inspection
        if visit is not None and visit.verified_at is None and not visit.sent_back_reason:
            at = min(now, visit.occurred_at + timedelta(minutes=25))
            hazards.verify_inspection(inspection=visit, by=by_street[member.area_code[:9]], now=at)
            count += 1
    return count


def picture(text: str) -> bytes:
    """A small picture that shows nothing but shapes."""
    shade = sum(text.encode()) % 90
    image = Image.new("RGB", (960, 720), (120 + shade, 130 + shade, 140))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 480, 960, 720), fill=(80, 84 + shade // 3, 88))
    draw.ellipse((260, 520, 720, 660), fill=(60, 96, 130))
    draw.line((0, 480, 960, 480), fill=(230, 210, 90), width=8)
    stream = BytesIO()
    image.save(stream, "JPEG", quality=80)
    return stream.getvalue()
