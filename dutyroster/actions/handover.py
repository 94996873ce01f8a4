"""交接班: collected from every app, taken one by one, signed by who takes over."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.models import User
from core.audit import act
from core.rules import Actor, OpenItem
from dutyroster.actions.check_in import check_in
from dutyroster.enums import AttendanceFault, Came, CheckMeans
from dutyroster.models import CheckIn, DutyPost, Handover, HandoverItem, Shift
from dutyroster.queries.attendance import running
from dutyroster.queries.handover import states
from dutyroster.rules.attendance import EARLIEST, refused
from dutyroster.rules.handover import check_signature, merge
from territory.rules import Scope, scope_of


def open_handover(
    *, post: DutyPost, outgoing: User, incoming: User, by: User, now: datetime, summary: str = ""
) -> Handover:
    """Opens the handover of a post and collects what is open. An open one of this post is returned, brought up to date.

    Opened by who hands over, who takes over, or somebody who writes the log of that area.
    """
    if outgoing.pk == incoming.pk:
        raise refused(AttendanceFault.SAME_PERSON, field="incoming")
    if by.pk not in (outgoing.pk, incoming.pk) and not by.scope_for("log.write").covers(post.area_code):
        raise refused(AttendanceFault.NOT_OUTGOING)
    with act("dutyroster.handover.open", by=by.actor):
        DutyPost.objects.select_for_update().get(pk=post.pk)
        row = Handover.objects.filter(post=post, taken_over_at__isnull=True).first()
        if row is None:
            row = Handover.objects.create(
                area_code=post.area_code,
                post=post,
                outgoing=outgoing,
                incoming=incoming,
                opened_at=now,
                opened_by=by,
                summary=summary.strip(),
            )
        _collect(row, now)
    return row


def collect(*, handover: Handover, by: User, now: datetime) -> Handover:
    """Looks again at what is open: new items join, settled ones are marked. A signed handover stays as it was."""
    with act("dutyroster.handover.collect", by=by.actor):
        row = Handover.objects.select_for_update().get(pk=handover.pk)
        if row.taken_over_at is None:
            _collect(row, now)
    return row


def _collect(row: Handover, now: datetime) -> None:
    change = merge(states(row), _open_items(scope_of(row.area_code), row, now))
    HandoverItem.objects.bulk_create(
        HandoverItem(
            handover=row,
            key=item.key[:80],
            label=item.label[:60],
            title=item.title[:200],
            url=item.url[:200],
            since=item.since,
        )
        for item in change.new
    )
    items = HandoverItem.objects.filter(handover=row)
    items.filter(key__in=change.closed).update(closed_at=now)
    items.filter(key__in=change.reopened).update(closed_at=None)


def _open_items(scope: Scope, row: Handover, now: datetime) -> list[OpenItem]:
    """What every app knows of, in the district's words; the handover itself is no item of itself."""
    with translation.override(settings.LANGUAGE_CODE):
        found: list[OpenItem] = [item for path in settings.HANDOVER_SOURCES for item in import_string(path)(scope, now)]
    return [item for item in found if item.key != f"dutyroster.handover:{row.pk}"]


def take_items(*, handover: Handover, keys: Collection[str], by: User, now: datetime, note: str = "") -> int:
    """Takes these items over, those that the incoming person has read; returns how many were still untaken."""
    with act("dutyroster.handover.take", by=by.actor):
        row = Handover.objects.select_for_update().get(pk=handover.pk)
        _only_incoming(row, by.actor)
        return HandoverItem.objects.filter(handover=row, key__in=list(keys), taken_at__isnull=True).update(
            taken_at=now, taken_by=by, note=note.strip()[:200]
        )


def _only_incoming(row: Handover, by: Actor) -> None:
    if row.taken_over_at is not None:
        raise refused(AttendanceFault.SIGNED)
    if row.incoming_id != by.id:
        raise refused(AttendanceFault.NOT_INCOMING)


def write_summary(*, handover: Handover, summary: str, by: User, now: datetime) -> Handover:
    """What the outgoing person wants to be known; he or his superior writes it until it is signed."""
    with act("dutyroster.handover.summary", by=by.actor):
        row = Handover.objects.select_for_update().get(pk=handover.pk)
        if row.taken_over_at is not None:
            raise refused(AttendanceFault.SIGNED)
        if by.pk != row.outgoing_id and not by.scope_for("log.write").covers(row.area_code):
            raise PermissionDenied
        row.summary = summary.strip()
        row.save(update_fields=["summary", "updated_at"])
    return row


def sign_handover(*, handover: Handover, by: User, now: datetime) -> Handover:
    """接班: signs for the post. Refused while an item that is still open is taken by nobody.

    What came up since the page was read joins the list first, and bars the signature like the others. Signing checks
    the one out and the other in.
    """
    # A transaction of its own: the refusal below must not undo what was collected.
    collect(handover=handover, by=by, now=now)
    with act("dutyroster.handover.sign", by=by.actor):
        row = (
            Handover.objects.select_for_update(of=("self",)).select_related("incoming", "outgoing").get(pk=handover.pk)
        )
        check_signature(
            states(row),
            signer=by.pk,
            incoming=row.incoming_id,
            outgoing=row.outgoing_id,
            is_signed=row.taken_over_at is not None,
        )
        row.taken_over_at = now
        row.save(update_fields=["taken_over_at", "updated_at"])
        _change_of_guard(row, now)
    return row


def _change_of_guard(row: Handover, now: datetime) -> None:
    here = Shift.objects.filter(post=row.post_id, published_at__isnull=False)
    leaving = (
        here.filter(person=row.outgoing_id, during__endswith__gte=now - EARLIEST, during__startswith__lte=now)
        .filter(Q(superseded_at__isnull=True), pk__in=CheckIn.objects.filter(kind=Came.IN).values("shift_id"))
        .order_by("-during")
        .first()
    )
    if leaving is not None:
        check_in(shift=leaving, by=row.outgoing, now=now, kind=Came.OUT, means=CheckMeans.HANDOVER)
    soon = running(now) | here.filter(superseded_at__isnull=True, during__startswith__range=(now, now + EARLIEST))
    coming = soon.filter(post=row.post_id, person=row.incoming_id).order_by("during").first()
    if coming is not None:
        check_in(shift=coming, by=row.incoming, now=now, means=CheckMeans.HANDOVER)
