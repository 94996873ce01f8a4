"""口头签发: the signer says so by telephone or on the spot, two people on duty record it, he countersigns later."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.refusals import covered, locked, object_to_signing, waiting
from alerts.actions.sign import issue
from alerts.enums import SigningObjection, Way
from alerts.models import Notice, OralWord, Signature
from alerts.queries.signing import is_signer, is_witness
from alerts.rules.signing import COUNTERSIGN
from assignments import actions as duties
from assignments.enums import OPEN
from core.audit import act


def record_word(
    *, notice: Notice, version: int, signer: User, words: str, said_at: datetime | None, by: User, now: datetime
) -> OralWord:
    """The first of two people on duty writes down who signed by word of mouth, when and how. Nothing goes out yet."""
    with act("alerts.notice.record_word", by=by.actor):
        row = waiting(notice, version)
        covered(row, by, "notices.draft")
        at = said_at or now
        if not is_witness(by, row, now):
            raise object_to_signing(SigningObjection.ON_DUTY)
        if not is_signer(signer, row) or signer.pk == by.pk:
            raise object_to_signing(SigningObjection.SIGNER, field="signer")
        if not words.strip():
            raise object_to_signing(SigningObjection.WORDS, field="words")
        if at > now:
            raise object_to_signing(SigningObjection.IN_FUTURE, field="said_at")
        if row.submitted_at and at.replace(second=59, microsecond=999999) < row.submitted_at:
            raise object_to_signing(SigningObjection.TOO_OLD, field="said_at")
        if row.oral_words.filter(heard_at=None, dropped_at=None).exists():
            raise object_to_signing(SigningObjection.OPEN_WORD)
        return OralWord.objects.create(
            notice=row,
            version=version,
            signer=signer,
            said_at=at,
            words=words.strip()[:200],
            recorded_by=by,
            recorded_at=now,
        )


def confirm_word(*, word: OralWord, by: User, now: datetime) -> Notice:
    """The second person on duty confirms what he heard: this issues the notice; the signer owes a countersignature.

    Refused to the signer and to the one who recorded it; the database refuses them too.
    """
    with act("alerts.notice.confirm_word", by=by.actor):
        row = locked(word.notice)
        held = OralWord.objects.select_for_update(of=("self",)).select_related("signer", "recorded_by").get(pk=word.pk)
        if held.heard_at or held.dropped_at:
            raise object_to_signing(SigningObjection.NO_WORD)
        covered(row, by, "notices.draft")
        if by.pk in {held.recorded_by_id, held.signer_id}:
            raise object_to_signing(SigningObjection.WITNESS)
        if not is_witness(by, row, now):
            raise object_to_signing(SigningObjection.ON_DUTY)
        held.heard_by, held.heard_at = by, now
        held.save(update_fields=["heard_by", "heard_at"])
        row = issue(row, version=held.version, signer=held.signer, now=now, way=Way.ORAL, oral=held)
        _owe(row, held, now)
    return row


def drop_word(*, word: OralWord, by: User, now: datetime) -> OralWord:
    """It was not so, or is not needed: the record stays, nothing goes out by it."""
    with act("alerts.notice.drop_word", by=by.actor):
        row = locked(word.notice)
        covered(row, by, "notices.draft")
        held = OralWord.objects.select_for_update(of=("self",)).get(pk=word.pk)
        if held.heard_at or held.dropped_at:
            raise object_to_signing(SigningObjection.NO_WORD)
        held.dropped_at = now
        held.save(update_fields=["dropped_at"])
    return held


def countersign(*, notice: Notice, by: User, now: datetime) -> Signature:
    """补签: the signer himself stands by the word that was taken from him. Only he, and once."""
    with act("alerts.notice.countersign", by=by.actor):
        row = Signature.objects.select_for_update(of=("self",)).select_related("assignment").get(notice=notice)
        if row.way != Way.ORAL or row.signer_id != by.pk:
            raise object_to_signing(SigningObjection.NOT_SIGNER)
        if row.countersigned_at:
            raise object_to_signing(SigningObjection.DONE)
        row.countersigned_at, row.countersigned_by = now, by
        row.save(update_fields=["countersigned_at", "countersigned_by"])
        if row.assignment and row.assignment.state in OPEN:
            duties.fulfil(assignment=row.assignment, by=by, now=now)
    return row


def _owe(row: Notice, word: OralWord, now: datetime) -> None:
    """The countersignature is a duty of the signer, and stands in the late list until he has given it."""
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Countersign your word of mouth: %(headline)s") % {"headline": row.headline}
    duty = duties.assign(
        kind=COUNTERSIGN,
        title=title[:120],
        area_code=row.area_code,
        assignee=word.signer,
        issued_by=word.recorded_by,
        now=now,
        key=f"countersign:{row.pk}",
        exercise=row.exercise,
    )
    Signature.objects.filter(notice=row).update(assignment=duty)
