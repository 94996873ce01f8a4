"""Reads in the file of unsent work that a phone has saved: each record whole under its own number, or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import actions as core
from core.audit import act
from core.rules import Refused
from field.actions.intake import take_in
from field.enums import FileObjection, Outcome, RecordKind
from field.models import FileReadIn
from field.queries.records import phones_of
from field.rules import Exported, Saved, seal_holds

AT_DOORS = (RecordKind.DOOR_VISIT, RecordKind.HOUSEHOLD)


@dataclass(frozen=True)
class _Reading:
    """Whose file it is, who reads it in when, and the phones that can have sealed it."""

    file: Saved
    author: User
    by: User
    now: datetime
    phones: list[tuple[str, datetime, datetime | None]]


def read_in(*, file: Saved, by: User, now: datetime) -> FileReadIn:
    """Takes in every record of the file that may be taken in, and keeps what became of each. Twice is once.

    A person reads in his own file. Whoever records on behalf of others does it for the people and places he answers
    for, and only what the author's own phone has sealed. Raises Refused for the file of somebody else or of nobody.
    """
    author = User.objects.filter(pk=file.person).first()
    if author is None:
        raise _refuse(FileObjection.NO_AUTHOR)
    if author.pk != by.pk:
        if not by.can("assignments.on_behalf"):
            raise _refuse(FileObjection.NOT_YOURS)
        if not author.is_active:
            raise _refuse(FileObjection.AUTHOR_LEFT)
    reading = _Reading(file, author, by, now, phones_of(author.pk))
    lines = [_line(row, reading) for row in file.rows]
    home = min(
        author.scope_for("assignments.act").codes, default=min(by.scope_for("assignments.act").codes, default="")
    )
    with act("field.file.read_in", by=by.actor):
        return FileReadIn.objects.create(
            area_code=home,
            by=by,
            author=author,
            read_at=now,
            saved_at=file.saved_at,
            file_name=file.name[:120],
            file_sha256=file.sha256,
            lines=lines,
        )


def _line(row: Exported, reading: _Reading) -> dict[str, Any]:
    outcome, words = Outcome.DRAFT, str(FileObjection.DRAFT.label)
    if row.fault is not None:
        outcome, words = Outcome.REFUSED, str(row.fault)
    elif row.sealed is not None:
        try:
            outcome, words = _taken(row, reading)
        except Refused as refused:
            outcome, words = Outcome.REFUSED, str(refused)
            core.drop_strays(row.photos)
    # A door's title is somebody's address: this row stays for good and needs none.
    title = "" if row.kind in AT_DOORS else row.title[:120]
    return {"uuid": row.uuid, "kind": row.kind, "title": title, "outcome": outcome.value, "words": words}


def _taken(row: Exported, reading: _Reading) -> tuple[Outcome, str]:
    """One record with all its photographs, or a refusal after which nothing of it is stored."""
    sealed, others = row.sealed, reading.author.pk != reading.by.pk
    assert sealed is not None  # noqa: S101  (asked for by the caller)
    if others:
        _check_seal(row, sealed.captured_at, reading)
    with transaction.atomic():
        for sha256 in _wanted(row):
            if (data := reading.file.photo(sha256)) is not None:
                core.store_photo(data=data, by_id=reading.author.pk, expected_sha256=sha256)
        taken = take_in(sealed=sealed, by=reading.author, now=reading.now, brought_by=reading.by if others else None)
        taken.record.refresh_from_db(fields=["missing_photos", "refusal"])
        if others and not reading.by.scope_for("assignments.on_behalf").covers(taken.record.area_code):
            raise _refuse(FileObjection.OUTSIDE)
        if taken.is_new and taken.record.missing_photos:
            raise _refuse(FileObjection.NO_PHOTO)
    return (Outcome.TAKEN if taken.is_new else Outcome.ALREADY), taken.record.refusal


def _wanted(row: Exported) -> Iterable[str]:
    return dict.fromkeys(row.photos)


def _check_seal(row: Exported, captured_at: datetime, reading: _Reading) -> None:
    holds = seal_holds(row.text, row.seal, captured_at, reading.phones)
    if holds is None:
        raise _refuse(FileObjection.NO_SEAL)
    if not holds:
        raise _refuse(FileObjection.SEAL_ENDED)


def _refuse(objection: FileObjection) -> Refused:
    return Refused(objection.value, objection.label, field="file")
