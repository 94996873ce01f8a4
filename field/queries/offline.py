"""The pack of a phone: everything that its person needs while there is no network."""

import json
from datetime import datetime
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Max, Q
from django.urls import reverse

from accounts.models import User
from alerts import queries as alerts
from alerts.models import DoorKnock
from assignments import queries as assignments
from assignments import rules as duty_rules
from assignments.enums import OPEN
from assignments.models import Assignment
from field.queries.offline_reports import packed_findings, packed_roads
from field.queries.offline_visits import packed_homes, packed_walks, walk_of
from field.queries.records import MOVES
from hazards.enums import HOUSEHOLD, SiteKind, SiteState
from hazards.models import Checklist, Finding, HazardSite, RoundMember, RoutineDue
from hazards.queries import site_for
from hazards.rules import KIND_MARKS, STATE_TONES
from territory.models import Area
from territory.queries import area_names

SITES = 300  # of a sub-district's officer; the district's 105 fit
LISTS = 5
DUTIES = 50


def offline_pack(user: User, *, now: datetime) -> dict[str, Any]:
    """Sites with what is due, checklists, doors, duties, roads, findings, outlines; a fixed number of statements.

    Each list is bounded, so that a district's officer gets a pack that a weak network can carry.

    Personal data in it are those of the households on the person's own open lists of doors, as his page shows them, and
    the doors of his grid that are not checked yet, without whole names and numbers.
    """
    rows = list(site_for(user, "sites.inspect", now=now).filter(retired_at__isnull=True).order_by("code")[:SITES])
    sites = _sites(user, rows)
    duties = _duties(user, now)
    homes, walks = packed_homes(user, now=now), packed_walks(user)
    codes = {each["area_code"] for each in (*sites, *duties, *homes, *walks)}
    return {
        "made_at": now.isoformat(),
        "person": {"id": user.pk, "name": user.name},
        "places": area_names(codes),
        "sites": sites,
        "checklists": _checklists({site["kind"] for site in sites} | ({HOUSEHOLD} if homes else set())),
        "doors": _doors(user),
        "duties": duties,
        "roads": packed_roads(user, now=now),
        "findings": packed_findings(user, [site.pk for site in rows], now=now),
        "homes": homes,
        "walks": walks,
        "may_report": user.can("dangers.report"),
        "outlines": _outlines(user),
    }


def _sites(user: User, found: list[HazardSite]) -> list[dict[str, Any]]:
    owed = _owed(user, found)
    return [
        {
            "code": site.code,
            "name": site.name,
            "kind": site.kind,
            "kind_label": str(SiteKind(site.kind).label),
            "shape": KIND_MARKS[SiteKind(site.kind)],
            "tone": STATE_TONES[SiteState(site.state)],
            "state_label": str(SiteState(site.state).label),
            "area_code": site.area_code,
            "address": site.address,
            "note": site.note,
            "closing_depth_cm": site.closing_depth_cm,
            "control_standard": site.control_standard,
            "threatened": [site.threatened_households, site.threatened_persons],
            "position": [round(number, 6) for number in site.geometry.centroid.coords] if site.geometry else None,
            "inspected_at": site.inspected_at.isoformat() if site.inspected_at else None,
            "due_at": owed[site.pk].isoformat() if site.pk in owed else None,
            "people": [{"name": one.person.name, "phone": one.person.phone or ""} for one in site.present],
        }
        for site in found
    ]


def _owed(user: User, sites: list[HazardSite]) -> dict[int, datetime]:
    """When each of these sites is due from this person, of open rounds and of its routine."""
    rows = RoundMember.objects.filter(
        site__in=[site.pk for site in sites],
        round__closed_at__isnull=True,
        assignment__assignee=user,
        assignment__state__in=OPEN,
    ).order_by("-assignment__due_at")
    routine = RoutineDue.objects.filter(
        site__in=[site.pk for site in sites], assignment__assignee=user, assignment__state__in=OPEN
    ).order_by("-assignment__due_at")
    owed = dict(routine.values_list("site_id", "assignment__due_at"))
    for site, due_at in rows.values_list("site_id", "assignment__due_at"):
        owed[site] = min(due_at, owed.get(site, due_at))
    return owed


def _checklists(kinds: set[str]) -> list[dict[str, Any]]:
    rows = (
        Checklist.objects.filter(kind__in=kinds, published_at__isnull=False)
        .order_by("kind", "-version")
        .distinct("kind")
        .prefetch_related("items")
    )
    return [
        {
            "id": row.pk,
            "kind": row.kind,
            "version": row.version,
            "items": [
                {"id": item.pk, "text": item.text, "photo_when_failed": item.photo_when_failed}
                for item in row.items.all()
            ],
        }
        for row in rows
    ]


def _doors(user: User) -> list[dict[str, Any]]:
    lists = (
        DoorKnock.objects.filter(assignment__assignee=user, assignment__state__in=OPEN)
        .select_related("assignment", "notice")
        .order_by("assignment__due_at", "area_code")[:LISTS]
    )
    return [_door_list(knock) for knock in lists]


def _door_list(knock: DoorKnock) -> dict[str, Any]:
    notice = knock.notice
    return {
        "duty": str(knock.assignment.uuid),
        "area_code": knock.area_code,
        "headline": notice.headline,
        "caution": notice.caution,
        "measures": notice.measures,
        "due_at": knock.assignment.due_at.isoformat(),
        "doors": [
            {
                "audience": door.audience.pk,
                "door": door.place,
                "head": door.audience.household.head_name,
                "persons": door.audience.household.persons,
                "must_reach": door.audience.get_must_reach_display() if door.audience.must_reach else "",
                "needs_help": door.reach == "need_help",
                "settled": door.settled,
            }
            for door in alerts.doors(knock.assignment)
        ],
    }


def _duties(user: User, now: datetime) -> list[dict[str, Any]]:
    """My open duties that are answered by words; those with a page of their own say which."""
    rows = list(assignments.my_duties(user, now).filter(state__in=OPEN)[:DUTIES])
    keys = [row.pk for row in rows]
    versions = dict(
        Assignment.objects.filter(pk__in=keys)
        .annotate(version=Max("events__pk", filter=Q(events__verb__in=MOVES)))
        .values_list("pk", "version")
    )
    sites = dict(RoundMember.objects.filter(assignment__in=keys).values_list("assignment_id", "site__code"))
    sites |= dict(RoutineDue.objects.filter(assignment__in=keys).values_list("assignment_id", "site__code"))
    knocks = set(DoorKnock.objects.filter(assignment__in=keys).values_list("assignment_id", flat=True))
    walks = walk_of(keys)
    findings = dict(Finding.objects.filter(assignment__in=keys).values_list("assignment_id", "uuid"))
    standing = duty_rules.Standing(is_assignee=True)
    return [
        {
            "uuid": str(row.uuid),
            "title": row.title,
            "body": row.body,
            "area_code": row.area_code,
            "state": row.state,
            "state_label": str(row.get_state_display()),
            "due_at": row.due_at.isoformat(),
            "exercise": row.exercise is not None,
            "version": versions.get(row.pk) or 0,
            "site": sites.get(row.pk, ""),
            "doors": row.pk in knocks,
            "finding": str(findings.get(row.pk, "")),
            "walk": walks.get(row.pk, 0),
            "url": reverse("assignments:detail", args=[row.uuid]),
            "verbs": [
                verb.value
                for verb in duty_rules.verbs(
                    row.state,
                    standing,
                    needs_verification=row.needs_verification,
                    has_page=row.pk in sites or row.pk in knocks or row.pk in walks,
                )
            ],
        }
        for row in rows
    ]


def _outlines(user: User) -> list[dict[str, Any]]:
    """The outlines that the person works in, simplified to about 20 m: the map's only ground without network."""
    scope = user.scope
    rows = (
        Area.objects.filter(border__isnull=False, retired_at__isnull=True)
        .filter(Q(code__in=[code[:length] for code in scope.codes for length in (6, 9)]))
        .annotate(shape=AsGeoJSON("border", precision=5))
        .values_list("name", "shape")
    )
    return [{"name": name, "shape": json.loads(shape)} for name, shape in rows]
