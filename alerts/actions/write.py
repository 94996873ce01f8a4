"""Writing a notice, before anybody signs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.text import format_lazy

from accounts.models import User
from alerts.actions.refusals import locked, refuse
from alerts.enums import NoticeState, Objection
from alerts.models import Notice, NoticeArea
from alerts.rules import Content, common_area, next_state
from core.audit import act
from core.rules import Refused
from territory import queries as territory
from territory.rules import scope_of


def draft(
    *, content: Content, area_codes: Sequence[str], by: User, now: datetime, exercise: UUID | None = None
) -> Notice:
    """拟稿: a new notice; what the law asks for may still be missing. `now` keeps the doors alike."""
    codes = _checked(content, area_codes, by)
    with act("alerts.notice.draft", by=by.actor):
        row = Notice(author=by, last_editor=by, exercise=exercise)
        _write(row, content, codes, by)
        row.save()
        _set_areas(row, codes)
    return row


def edit(
    *, notice: Notice, content: Content, area_codes: Sequence[str], version: int, by: User, now: datetime
) -> Notice:
    """Changes a draft. `version` is what the form was opened with; a stale one is refused."""
    codes = _checked(content, area_codes, by)
    with act("alerts.notice.edit", by=by.actor):
        row = locked(notice)
        if row.state != NoticeState.DRAFT:
            raise refuse(Objection.STATE)
        if row.version != version:
            raise refuse(Objection.STALE)
        _write(row, content, codes, by)
        row.last_editor, row.version = by, row.version + 1
        row.save()
        _set_areas(row, codes)
    return row


def discard(*, notice: Notice, by: User, now: datetime) -> Notice:
    """Puts a draft away; it stays in the history."""
    with act("alerts.notice.discard", by=by.actor):
        row = locked(notice)
        if (state := next_state("discard", row.state)) is None:
            raise refuse(Objection.STATE)
        row.state = state
        row.save(update_fields=["state", "updated_at"])
    return row


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


def _write(row: Notice, content: Content, codes: frozenset[str], by: User) -> None:
    content = content.with_text
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
        "sms_text",
        "wait_minutes",
    ):
        setattr(row, name, getattr(content, name))
    # Where nothing is chosen yet the notice lies where its author may write.
    row.area_code = common_area(codes or by.scope_for("notices.draft").codes)


def _set_areas(row: Notice, codes: frozenset[str]) -> None:
    row.areas.exclude(area_code__in=codes).delete()
    NoticeArea.objects.bulk_create(
        (NoticeArea(notice=row, area_code=code) for code in sorted(codes)), ignore_conflicts=True
    )
