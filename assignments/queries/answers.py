"""Who owes an answer, what may be answered, and which replies nobody has claimed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import PersonContact, User
from accounts.queries import area_names
from assignments import rules
from assignments.enums import CLOSED, State, Verb
from assignments.models import Assignment, AssignmentEvent, UnclaimedReply
from assignments.queries.duties import kind, page_of
from core.rules import OpenItem
from messaging.models import Delivery
from messaging.rules import marked
from territory.models import PlacedQuerySet
from territory.rules import Scope

LONGEST_TEXT = 180  # what a chat group shows without folding
MOST = 500
_GROUP = re.compile(r"[a-z_]{1,30}:\d{1,18}")
WAITING = (State.ASSIGNED, State.RETURNED)


def options_of(assignment: Assignment) -> tuple[rules.Option, ...]:
    """What may be answered to this duty."""
    return rules.offered(kind(assignment.kind).options, has_page=bool(page_of(assignment)))


@dataclass(frozen=True)
class Choice:
    """One answer as a button: its key, its words, whether it is said last and whether it calls for support."""

    key: str
    label: str
    declines: bool
    wants_support: bool


def choices(options: Iterable[rules.Option]) -> list[Choice]:
    """Options as people read them."""
    return [Choice(each.key, gettext(each.label), each.verb == Verb.DECLINE, each.wants_support) for each in options]


def answerable(assignment: Assignment, verbs: Iterable[Verb]) -> list[Choice]:
    """The answers that lead somewhere now for whoever may use these verbs; support may be asked for afterwards too."""
    may, row = set(verbs), assignment
    asks_later = row.acknowledged_at is not None and row.support_asked_at is None and row.state != State.CANCELLED
    found = [each for each in options_of(row) if each.verb in may or (each.wants_support and asks_later)]
    # What moves the duty on stands first, and is the main button; what hinders it follows.
    return choices(sorted(found, key=lambda each: each.wants_support or each.verb == Verb.DECLINE))


def answer_label(assignment: Assignment) -> str:
    """The last answer in words; empty without one."""
    chosen = rules.option_with(assignment.answer_key, kind(assignment.kind).options)
    return gettext(chosen.label) if chosen else ""


def owed_by(scope: Scope, of: str = "") -> PlacedQuerySet[Assignment]:
    """Duties of these areas that wait or waited for an answer; `of` narrows to what was given at once ("order:12")."""
    rows = Assignment.objects.in_scope(scope).exclude(state=State.CANCELLED)
    if of:
        rows = rows.filter(key__startswith=f"{of}:") if _GROUP.fullmatch(of) else rows.none()
    else:
        rows = rows.filter(exercise__isnull=True).exclude(state__in=CLOSED)
    return rows.select_related("assignee", "contact_point").order_by("due_at", "pk")


def unanswered(rows: PlacedQuerySet[Assignment]) -> PlacedQuerySet[Assignment]:
    """Of these, the ones that nobody has answered."""
    return rows.filter(state=State.ASSIGNED, acknowledged_at__isnull=True)


def receivers(duties: Sequence[Assignment]) -> list[rules.Receiver]:
    """Who owes these answers, as a chat is read against them. One statement for the names of areas."""
    names = area_names({duty.area_code for duty in duties})
    return [
        rules.Receiver(duty.pk, duty.assignee_name, names.get(duty.area_code, ""), duty.issued_at) for duty in duties
    ]


def options_for(duties: Sequence[Assignment]) -> tuple[rules.Option, ...]:
    """The answers that all of these duties take: what differs between kinds is answered one by one."""
    kinds = [rules.offered(kind(name).options, has_page=True) for name in {duty.kind for duty in duties}]
    first = kinds[0] if kinds else ()
    return tuple(each for each in first if all(rules.option_with(each.key, other) for other in kinds))


def how_to_answer(options: Iterable[rules.Option]) -> str:
    """回复 1 收到 2 需支援 3 做不了."""
    words = " ".join(f"{each.key} {gettext(each.label)}" for each in options)
    return gettext("Reply %(answers)s") % {"answers": words}


def group_text(duties: Sequence[Assignment], options: Sequence[rules.Option]) -> str:
    """One text for a chat group about duties given together: what to do, who has not answered, how to answer.

    At most 180 signs; names are cut before the rest is. Empty when everybody has answered.
    """
    waiting = [duty for duty in duties if duty.state in WAITING and not duty.acknowledged_at]
    if not waiting:
        return ""
    first = waiting[0]
    due = timezone.localtime(first.acknowledge_by or first.due_at).strftime("%H:%M")
    head = gettext("%(title)s, answer by %(due)s.") % {"title": first.title, "due": due}
    link = f"{settings.PUBLIC_URL}{reverse('assignments:mine')}"
    tail = f"\n{how_to_answer(options)}\n{link}"
    if first.exercise:
        head = marked(head)
    return _fitted(head, [duty.assignee_name for duty in waiting], tail)


def _fitted(head: str, names: list[str], tail: str) -> str:
    room = LONGEST_TEXT - len(tail)
    for count in range(len(names), 0, -1):
        shown = "、".join(names[:count])
        if count < len(names):
            shown = gettext("%(names)s and others, %(count)d people") % {"names": shown, "count": len(names)}
        if len(head) + 1 + len(shown) <= room:
            return f"{head}\n{shown}{tail}"
    return f"{head[: room - 1]}…{tail}" if len(head) > room else f"{head}{tail}"


# --- replies ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a message was about: the duties of whoever holds the phone, those that others owe and he was told of.

    `moved` were his when the message went out and are another person's now.
    """

    person: User | None
    own: list[Assignment]
    others: list[Assignment]
    moved: list[Assignment]

    @property
    def known(self) -> list[Assignment]:
        """His own where there are any."""
        return self.own or self.others


def asked(delivery: Delivery) -> Asked:
    """Whom a delivery asked, and for which duties. Three statements."""
    owners = list(
        PersonContact.objects.filter(contact_point_id=delivery.contact_point_id)
        .select_related("user")
        .order_by("rank", "pk")
    )
    people = {each.user_id: each.user for each in owners}
    events = AssignmentEvent.objects.filter(broadcast_id=delivery.broadcast_id).select_related("assignment__assignee")
    own: dict[int, Assignment] = {}
    others: dict[int, Assignment] = {}
    moved: dict[int, Assignment] = {}
    for event in events:
        duty = event.assignment
        if duty.assignee_id in people or (
            duty.assignee_id is None and duty.contact_point_id == delivery.contact_point_id
        ):
            own[duty.pk] = duty
        elif event.verb == Verb.ESCALATE:
            others[duty.pk] = duty
        else:
            moved[duty.pk] = duty
    person = next((people[duty.assignee_id] for duty in own.values() if duty.assignee_id in people), None)
    person = person or next(iter(people.values()), None)
    return Asked(person, list(own.values()), list(others.values()), list(moved.values()))


def waiting_at(delivery: Delivery) -> list[Assignment]:
    """Every duty that the holder of this phone has not answered. Two statements."""
    people = PersonContact.objects.filter(contact_point_id=delivery.contact_point_id).values("user_id")
    rows = Assignment.objects.filter(
        Q(assignee__in=people) | Q(assignee__isnull=True, contact_point_id=delivery.contact_point_id),
        state__in=WAITING,
        acknowledged_at__isnull=True,
    )
    return list(rows.select_related("assignee").order_by("due_at", "pk")[:20])


@dataclass(frozen=True)
class Claim:
    """One duty that an unclaimed reply may answer, with the answer understood or, without one, all that may be said."""

    duty: Assignment
    understood: Choice | None
    choices: list[Choice]


@dataclass(frozen=True)
class UnclaimedLine:
    """An unclaimed reply as its list shows it."""

    row: UnclaimedReply
    claims: list[Claim]

    @property
    def why(self) -> str:
        """Why it was not taken for an answer, in words."""
        return str(self.row.get_why_display())


def unclaimed(scope: Scope) -> PlacedQuerySet[UnclaimedReply]:
    """Replies of these areas that nobody has claimed, the oldest first; rehearsals apart. One statement."""
    rows = UnclaimedReply.objects.in_scope(scope).filter(settled_at__isnull=True, exercise__isnull=True)
    return rows.select_related("reply__delivery", "person").order_by("reply__at", "pk")


def unclaimed_lines(rows: Iterable[UnclaimedReply]) -> list[UnclaimedLine]:
    """Each with the duties it may answer: those of its message, else what its phone has not answered."""
    return [UnclaimedLine(row, claims_of(row)) for row in rows]


def claims_of(row: UnclaimedReply) -> list[Claim]:
    """The duties that a reply may answer."""
    delivery = row.reply.delivery
    if delivery is None:
        return []
    known = {duty.pk: duty for duty in [*asked(delivery).known, *waiting_at(delivery)]}
    found = []
    for duty in known.values():
        if duty.state == State.CANCELLED:
            continue
        options = options_of(duty)
        meaning = rules.understood(row.reply.text, options)
        chosen = choices([meaning.option])[0] if meaning.option else None
        found.append(Claim(duty, chosen, choices(options)))
    return found


def unclaimed_items(scope: Scope, now: datetime) -> list[OpenItem]:
    """How many replies wait to be claimed, as one item of a hand-over. One statement."""
    figures = unclaimed(scope).order_by().aggregate(count=Count("pk"), since=Min("reply__at"))
    if not figures["count"]:
        return []
    return [
        OpenItem(
            key="assignments.unclaimed",
            label=gettext("Replies to claim"),
            title=gettext("%(count)d replies nobody has claimed") % {"count": figures["count"]},
            url=reverse("assignments:replies"),
            since=min(figures["since"], now),
        )
    ]


def wanting_support(scope: Scope) -> PlacedQuerySet[Assignment]:
    """Duties of these areas whose people wait for support, the longest first; rehearsals apart. One statement."""
    rows = Assignment.objects.in_scope(scope).filter(support_asked_at__isnull=False, exercise__isnull=True)
    return rows.exclude(state=State.CANCELLED).select_related("assignee").order_by("support_asked_at", "pk")
