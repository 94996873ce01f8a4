"""Situations, said in words: `must_reach_household()`, `site_without_position()`, `round_with_one_late_site()`."""

import hashlib
import uuid
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count

from django.contrib.gis.geos import Point
from PIL import Image

from accounts.models import User
from assignments.enums import OPEN, State
from assignments.models import Assignment, EscalationRun
from assignments.queries import kind
from assignments.rules import frozen
from hazards.enums import ItemResult, SiteKind
from hazards.models import (
    Checklist,
    ChecklistItem,
    HazardSite,
    Inspection,
    InspectionAnswer,
    InspectionRound,
    RoundMember,
)
from territory.enums import ContactKind, MustReach
from territory.models import ContactPoint, Household, HouseholdContact
from tests.casts import DISTRICT, GRID, LONG_AGO, NIGHT

_numbers = count(1)
OWN_PHONE = "own"  # "a number of its own", so that phone=None can mean: has none
ITEMS = ("排水口是否畅通", "警示标志是否完好", "抽排设备能否启动")


def contact_point(phone: str) -> ContactPoint:
    """The one contact point of this telephone number."""
    point, _ = ContactPoint.objects.get_or_create(kind=ContactKind.MOBILE, address=phone)
    return point


def household(
    *,
    area_code: str = GRID,
    phone: str | None = OWN_PHONE,
    must_reach: str = MustReach.ORDINARY,
    **fields: object,
) -> Household:
    """A household of a grid with a telephone of its own; `phone=None`: nobody there has one."""
    number = next(_numbers)
    home = Household.objects.create(
        **{
            "code": f"H{number:06d}",
            "area_code": area_code,
            "building": "1 号楼",
            "floor": number % 30 + 1,
            "room": f"{number:03d}",
            "address": f"东安路 {number} 号",
            "head_name": f"住户{number}",
            "must_reach": must_reach,
            **fields,
        }
    )
    if phone is not None:
        address = f"+86150{number:08d}" if phone == OWN_PHONE else phone
        HouseholdContact.objects.create(household=home, contact_point=contact_point(address), rank=1)
    return home


def must_reach_household(*, area_code: str = GRID, phone: str | None = OWN_PHONE) -> Household:
    """An old person living alone: somebody has to speak with her whatever her telephone says."""
    return household(area_code=area_code, phone=phone, must_reach=MustReach.ALONE)


def household_without_phone(*, area_code: str = GRID) -> Household:
    """Only a knock at the door reaches it."""
    return household(area_code=area_code, phone=None)


def checklist(kind: str = SiteKind.UNDERPASS, *, items: tuple[str, ...] = ITEMS) -> Checklist:
    """The checklist in use for a kind, with three things to look at; made once."""
    known = Checklist.objects.filter(kind=kind, published_at__isnull=False).order_by("-version").first()
    if known:
        return known
    made = Checklist.objects.create(kind=kind, version=1, published_at=LONG_AGO)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=made, order=order, text=text) for order, text in enumerate(items, start=1)
    )
    return made


def site(*, kind: str = SiteKind.UNDERPASS, area_code: str = GRID, **fields: object) -> HazardSite:
    """A placed dangerous site whose kind has a checklist."""
    number = next(_numbers)
    checklist(kind)
    return HazardSite.objects.create(
        **{
            "code": f"S{number:05d}",
            "kind": kind,
            "name": f"示例点{number}",
            "area_code": area_code,
            "geometry": Point(113.30 + number % 100 / 1000, 33.74 + number % 37 / 1000, srid=4326),
            **fields,
        }
    )


def site_without_position(*, area_code: str = GRID) -> HazardSite:
    """待定位: on the register, not yet on the map."""
    return site(kind=SiteKind.GEO_HAZARD, area_code=area_code, geometry=None)


def inspection(
    *,
    at: HazardSite,
    by: User,
    verified_by: User | None = None,
    failed: bool = False,
    now: datetime = NIGHT,
) -> Inspection:
    """A visit to a site, everything passed unless `failed`; verified when somebody is named."""
    used = checklist(at.kind)
    visit = Inspection.objects.create(
        client_uuid=uuid.uuid4(),
        body_sha256=hashlib.sha256(str(next(_numbers)).encode()).hexdigest(),
        site=at,
        area_code=at.area_code,
        checklist=used,
        inspected_by=by,
        occurred_at=now,
        recorded_at=now,
        failed_items=int(failed),
        verified_by=verified_by,
        verified_at=now if verified_by else None,
    )
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(
            inspection=visit, item=item, result=ItemResult.FAIL if failed and item.order == 1 else ItemResult.PASS
        )
        for item in used.items.all()
    )
    return visit


def duty(
    *, of: User, issued_by: User | None = None, now: datetime = NIGHT, minutes: int = 60, **fields: object
) -> Assignment:
    """Something that somebody has to do within `minutes` of `now`; negative minutes: it is late."""
    due = now + timedelta(minutes=minutes)
    given = Assignment.objects.create(
        **{
            "kind": "reinspection",
            "title": "再排查示例点",
            "area_code": GRID,
            "assignee": of,
            "assignee_name": of.name,
            "issued_by": issued_by,
            "issued_at": min(now, due) - timedelta(hours=1),
            "due_at": due,
            "link_nonce": f"{next(_numbers):016x}",
            **fields,
        }
    )
    if given.state in OPEN:
        EscalationRun.objects.create(
            assignment=given,
            policy=frozen(kind(given.kind).policy),
            next_due_at=given.due_at,
            started_at=given.issued_at,
        )
    return given


def late_duty(*, of: User, now: datetime = NIGHT) -> Assignment:
    """A duty that was due twelve minutes ago."""
    return duty(of=of, now=now, minutes=-12)


def inspection_round(
    *, opened_by: User, sites: list[HazardSite], inspector: User, late: bool = False
) -> InspectionRound:
    """An open round over these sites, each with its duty for `inspector`; `late`: its time is over."""
    due = NIGHT + timedelta(hours=-1 if late else 24)
    opened = InspectionRound.objects.create(
        number=next(_numbers),
        title="主汛期再排查",
        area_code=DISTRICT,
        opened_by=opened_by,
        opened_at=NIGHT - timedelta(days=2),
        due_at=due,
    )
    for each in sites:
        RoundMember.objects.create(
            round=opened,
            site=each,
            area_code=each.area_code,
            assignment=duty(
                of=inspector,
                issued_by=opened_by,
                area_code=each.area_code,
                title=f"再排查：{each.name}",
                issued_at=opened.opened_at,
                due_at=due,
                needs_verification=True,
            ),
        )
    return opened


def round_with_one_late_site(*, opened_by: User, inspector: User, verifier: User) -> InspectionRound:
    """Two sites, the time over: one inspected and verified, one that nobody went to."""
    seen, forgotten = site(), site()
    opened = inspection_round(opened_by=opened_by, sites=[seen, forgotten], inspector=inspector, late=True)
    member = opened.members.get(site=seen)
    member.inspection = inspection(at=seen, by=inspector, verified_by=verifier, now=NIGHT - timedelta(hours=3))
    member.save()
    Assignment.objects.filter(round_member=member).update(
        state=State.VERIFIED, verified_at=NIGHT, reported_by=inspector, verified_by=verifier
    )
    EscalationRun.objects.filter(assignment__round_member=member).update(next_due_at=None, stopped_at=NIGHT)
    return opened


def photograph(text: str = "") -> bytes:
    """A small JPEG; different `text`, different bytes."""
    shade = hashlib.sha256(text.encode()).digest()
    stream = BytesIO()
    Image.new("RGB", (48, 36), (shade[0], shade[1], shade[2])).save(stream, "JPEG")
    return stream.getvalue()
