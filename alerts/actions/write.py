"""Writing a notice, before anybody signs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.text import format_lazy

from accounts.models import User
from alerts.actions.refusals import locked, refuse
from alerts.actions.unsigned import close_calls
from alerts.enums import MessageType, NoticeState, Objection
from alerts.models import Notice, NoticeArea
from alerts.queries.wording import wording
from alerts.rules import Content, common_area, next_state
from core.audit import act
from core.rules import Refused
from territory import queries as territory
from territory.rules import scope_of


def draft(
    *, content: Content, area_codes: Sequence[str], by: User, now: datetime, exercise: UUID | None = None
) -> Notice:
    """拟稿: a new notice; what the law asks for may still be missing. `now` keeps the doors alike.

    Refused where the providers take reviewed texts only and these words fit none.
    """
    codes = _checked(content, area_codes, by)
    with act("alerts.notice.draft", by=by.actor):
        row = Notice(author=by, last_editor=by, exercise=exercise)
        write(row, content, codes, by)
        row.save()
        set_areas(row, codes)
    return row


def edit(
    *, notice: Notice, content: Content, area_codes: Sequence[str], version: int, by: User, now: datetime
) -> Notice:
    """Changes a draft. `version` is what the form was opened with; a stale one is refused.

    A correction and an all-clear keep the areas of the notice before them: they go to whoever had that one.
    """
    if notice.message_type != MessageType.ALERT:
        area_codes = list(notice.areas.values_list("area_code", flat=True))
    codes = _checked(content, area_codes, by)
    with act("alerts.notice.edit", by=by.actor):
        row = locked(notice)
        if row.state != NoticeState.DRAFT:
            raise refuse(Objection.STATE)
        if row.version != version:
            raise refuse(Objection.STALE)
        write(row, content, codes, by)
        row.last_editor, row.version = by, row.version + 1
        row.save()
        set_areas(row, codes)
    return row


def discard(*, notice: Notice, by: User, now: datetime) -> Notice:
    """Puts a draft away; it stays in the history."""
    with act("alerts.notice.discard", by=by.actor):
        row = locked(notice)
        if (state := next_state("discard", row.state)) is None:
            raise refuse(Objection.STATE)
        row.state = state
        row.save(update_fields=["state", "updated_at"])
        drop_followers(row, now)
    return row


def drop_followers(row: Notice, now: datetime, *, but: Notice | None = None) -> None:
    """Puts away what was begun to follow a notice and can follow it no more; nobody is asked to sign it any longer."""
    begun = row.followers.filter(state__in=(NoticeState.DRAFT, NoticeState.SUBMITTED))
    for follower in begun.exclude(pk__in=[but.pk] if but else []).select_for_update(of=("self",)):
        follower.state = NoticeState.DISCARDED
        follower.save(update_fields=["state", "updated_at"])
        close_calls(follower, now)


def _checked(content: Content, area_codes: Sequence[str], by: User) -> frozenset[str]:
    scope = by.scope_for("notices.draft")
    if not scope.codes:
        raise refuse(Objection.NOT_ALLOWED)
    if content.starts_at and content.expires_at and content.expires_at <= content.starts_at:
        raise refuse(Objection.ENDS, field="expires_at")
    codes = scope_of(*area_codes).codes
    names = territory.area_names(codes)
    _refuse_some(Objection.UNKNOWN_AREA, sorted(code for code in codes if code not in names))
    _refuse_some(Objection.OUTSIDE, sorted(names[code] for code in codes if not scope.covers(code)))
    return codes


def _refuse_some(objection: Objection, areas: Iterable[str]) -> None:
    if listed := list(areas):
        raise Refused(
            objection.value, objection.label, field="areas", params={"areas": format_lazy("{}", "、".join(listed))}
        )


def write(row: Notice, content: Content, codes: frozenset[str], by: User) -> None:
    """Puts the words into a draft, the reviewed text filled from them where no SMS text was written. Does not save.

    Raises Refused where no provider would take the text.
    """
    words = wording(content, row.message_type, is_exercise=row.exercise is not None)
    if words.refusal:
        raise words.refusal
    for name in (
        "kind",
        "level",
        "headline",
        "starts_at",
        "expires_at",
        "affected_area",
        "caution",
        "measures",
        "issuer",
        "wait_minutes",
    ):
        setattr(row, name, getattr(content, name))
    row.is_composed = words.is_composed
    row.sms_text = words.text if words.is_composed else content.sms_text.strip()
    # Where nothing is chosen yet the notice lies where its author may write.
    row.area_code = common_area(codes or by.scope_for("notices.draft").codes)


def set_areas(row: Notice, codes: frozenset[str]) -> None:
    """Stores the areas a notice is for."""
    row.areas.exclude(area_code__in=codes).delete()
    NoticeArea.objects.bulk_create(
        (NoticeArea(notice=row, area_code=code) for code in sorted(codes)), ignore_conflicts=True
    )
