"""Notices, who may do what with them, and what happened to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import MessageType, NoticeState, Way
from alerts.models import Notice, Signature
from alerts.queries.chain import was_told_withdrawn, without_follower
from alerts.rules import STATE_TONES, Content, may_follow, next_state
from core.rules import OpenItem
from messaging.enums import Channel
from messaging.models import Broadcast, Delivery
from territory import queries as territory
from territory.models import PlacedQuerySet, within
from territory.rules import LENGTHS, Scope

CAPABILITIES = {
    "edit": "notices.draft",
    "submit": "notices.draft",
    "discard": "notices.draft",
    "send_back": "notices.approve",
    "approve": "notices.approve",
    "withdraw": "notices.approve",
    "tell_withdrawn": "notices.approve",
    "correct": "notices.draft",
    "all_clear": "notices.draft",
}
FOLLOWING = {"correct": MessageType.CORRECTION, "all_clear": MessageType.ALL_CLEAR}


def notices(scope: Scope, states: tuple[str, ...] = ()) -> PlacedQuerySet[Notice]:
    """Notices that concern the scope: those of its areas and those of the areas above it. Newest first."""
    above = {code[:length] for code in scope.codes for length in LENGTHS if length < len(code)}
    found = Notice.objects.filter(within(scope) | Q(area_code__in=above))
    if states:
        found = found.filter(state__in=states)
    people = ("author", "last_editor", "submitter", "approver", "withdrawn_by", "broadcast", "refers_to")
    return found.select_related(*people).order_by("-issued_at", "-updated_at")


def in_hand(scope: Scope, now: datetime) -> list[Notice]:
    """Of the same those waiting for a signature or issued and not over, with author and submitter; rehearsals apart.

    One statement.
    """
    rows = notices(scope, (NoticeState.SUBMITTED, NoticeState.ISSUED)).filter(expires_at__gt=now, exercise__isnull=True)
    return list(rows.select_related(None).select_related("author", "submitter"))


def notice(scope: Scope, uuid: UUID) -> Notice:
    """One of `notices`. Raises Notice.DoesNotExist outside the scope."""
    return notices(scope).get(uuid=uuid)


def counted_notice(scope: Scope, uuid: UUID) -> Notice:
    """The same without the people who wrote and signed it, for the section that every screen renews."""
    return notices(scope).select_related(None).select_related("broadcast").get(uuid=uuid)


def notices_in_force(now: datetime, area_code: str = "") -> PlacedQuerySet[Notice]:
    """Issued, begun or about to, not over, corrected, ended or withdrawn; of rehearsals nothing. `area_code` leaves out
    what does not concern that area. Worst level first.
    """
    return _out(now, area_code).exclude(message_type=MessageType.ALL_CLEAR).order_by("level", "-issued_at")


def all_clears(now: datetime, area_code: str = "") -> PlacedQuerySet[Notice]:
    """What was ended of late, as long as people are to be told so. Newest first."""
    return _out(now, area_code).filter(message_type=MessageType.ALL_CLEAR).order_by("-issued_at")


def _out(now: datetime, area_code: str) -> PlacedQuerySet[Notice]:
    found = Notice.objects.filter(state=NoticeState.ISSUED, expires_at__gt=now, exercise=None)
    if area_code:
        above = [area_code[:length] for length in LENGTHS if length <= len(area_code)]
        concerned = Q(areas__area_code__in=above) | Q(areas__area_code__startswith=area_code)
        found = found.filter(pk__in=Notice.objects.filter(concerned).values("pk"))
    return found.select_related("refers_to")


def content_of(row: Notice) -> Content:
    """What was written, as rules read it."""
    return Content(
        kind=row.kind,
        level=row.level,
        headline=row.headline,
        starts_at=row.starts_at,
        expires_at=row.expires_at,
        affected_area=row.affected_area,
        caution=row.caution,
        measures=row.measures,
        issuer=row.issuer,
        sms_text=row.sms_text,
        wait_minutes=row.wait_minutes,
    )


def permitted(user: User, row: Notice) -> frozenset[str]:
    """The verbs that lead somewhere for this person now."""
    codes = [area.area_code for area in row.areas.all()] or [row.area_code]
    scopes = {name: user.scope_for(name) for name in set(CAPABILITIES.values())}

    # What was withdrawn may have been corrected since, and then nothing more is done with it.
    ended = row.state == NoticeState.WITHDRAWN and row.pk not in without_follower([row])

    def leads(verb: str) -> bool:
        if verb == "edit":
            return row.state == NoticeState.DRAFT
        if verb == "tell_withdrawn":
            return row.state == NoticeState.WITHDRAWN and not ended and not was_told_withdrawn(row)
        if verb in FOLLOWING:
            return not ended and may_follow(row.message_type, row.state, FOLLOWING[verb])
        return next_state(verb, row.state) is not None

    def may(verb: str) -> bool:
        return all(scopes[CAPABILITIES[verb]].covers(code) for code in codes) and leads(verb)

    verbs = {verb for verb in CAPABILITIES if may(verb)}
    if user.pk in {row.author_id, row.last_editor_id, row.submitter_id}:
        verbs.discard("approve")
    return frozenset(verbs)


@dataclass(frozen=True)
class Stage:
    """The state of a notice as it is printed."""

    tone: str
    label: object


def broadcasts_of(row: Notice) -> QuerySet[Broadcast]:
    """Everything that went to the notice's households: the first wave and those that follow it."""
    return Broadcast.objects.filter(Q(pk=row.broadcast_id) | Q(follows_id=row.broadcast_id, follows__isnull=False))


def being_sent(rows: Iterable[Notice]) -> frozenset[int]:
    """Which of these notices still have texts to hand over, by primary key. One statement."""
    # Not by state: an index holds the open ones alone.
    waiting = Delivery.objects.filter(is_open=True).exclude(channel=Channel.VOICE)
    first = waiting.filter(broadcast_id=OuterRef("broadcast_id"))
    later = waiting.filter(broadcast__follows_id=OuterRef("broadcast_id"))
    found = Notice.objects.filter(Exists(first) | Exists(later), pk__in=[row.pk for row in rows])
    return frozenset(found.values_list("pk", flat=True))


def stage(row: Notice, now: datetime, *, sending: bool | None = None) -> Stage:
    """拟稿 · 待签发 · 发布中 · 已发布 · 已撤回; `sending` as `being_sent` has it, None: it is asked for this one."""
    if row.state == NoticeState.ISSUED:
        if row.pk in being_sent([row]) if sending is None else sending:
            return Stage("working", _("Being sent"))
        if row.expires_at <= now:
            return Stage("off", _("Over"))
    return Stage(STATE_TONES[NoticeState(row.state)], NoticeState(row.state).label)


@dataclass(frozen=True)
class Step:
    """Something somebody did with a notice."""

    what: object
    who: str
    at: datetime | None
    why: str = ""


def timeline(row: Notice) -> list[Step]:
    """Who did what when, oldest first."""
    steps = [Step(_("drafted"), row.author.name, row.created_at)]
    if row.last_editor_id != row.author_id:
        steps.append(Step(_("last edited"), row.last_editor.name, None))
    if row.returned_reason and row.state in (NoticeState.DRAFT, NoticeState.DISCARDED):
        steps.append(Step(_("sent back"), "", None, row.returned_reason))
    if row.submitter and row.submitted_at:
        steps.append(Step(_("submitted"), row.submitter.name, row.submitted_at))
    if row.approver:
        signature = Signature.objects.filter(notice=row).exclude(way=Way.PAGE).first()
        how = str(signature.get_way_display()) if signature else ""
        steps.append(Step(_("signed and issued"), row.approver.name, row.issued_at, how))
        if signature and signature.countersigned_at:
            steps.append(Step(_("countersigned"), row.approver.name, signature.countersigned_at))
    if row.withdrawn_by:
        steps.append(Step(_("withdrew"), row.withdrawn_by.name, row.withdrawn_at, row.withdrawn_reason))
    return steps


@dataclass(frozen=True)
class ChosenArea:
    """An area of the audience by name."""

    code: str
    name: str


def chosen_areas(row: Notice) -> list[ChosenArea]:
    """The areas a notice is meant for. Two statements."""
    codes = sorted(row.areas.values_list("area_code", flat=True))
    names = territory.area_names(set(codes))
    return [ChosenArea(code, names.get(code, code)) for code in codes]


def open_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """Notices of these areas that wait for their signature, as the duty room hands them over. One statement."""
    rows = Notice.objects.filter(within(scope), state=NoticeState.SUBMITTED, exercise=None).order_by("submitted_at")
    return [
        OpenItem(
            key=f"alerts.notice:{row.pk}",
            label=gettext("Notice waiting for signature"),
            title=row.headline,
            url=reverse("alerts:notice", args=[row.uuid]),
            since=row.submitted_at or row.created_at,
        )
        for row in rows
    ]
