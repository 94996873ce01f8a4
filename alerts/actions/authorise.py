"""授权签发: a text is prepared and signed before the season; on the night one press issues it, and its signer hears."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from alerts.actions.refusals import locked, object_to_authorising
from alerts.actions.sign import issue, submit
from alerts.actions.write import draft
from alerts.enums import AuthorisationObjection, Way
from alerts.models import Authorisation, Notice, ReceivedWarning, Signature, WarningRelay
from alerts.queries.authorising import authorised_content, fits, is_used, may_still_sign, unsendable_words
from alerts.rules import Content
from alerts.rules.signing import AUTHORISED_USE, holds
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from core.audit import act
from territory import queries as territory


def prepare_authorisation(
    *,
    area_code: str,
    event_code: str,
    content: Content,
    lasts_hours: int,
    valid_from: datetime,
    valid_until: datetime,
    by: User,
    now: datetime,
) -> Authorisation:
    """The text, what triggers it, where and until when; somebody else signs it.

    Refused in spring, not on the night, where no provider takes the text.
    """
    if not by.scope_for("notices.draft").covers(area_code) or area_code not in territory.area_names({area_code}):
        raise object_to_authorising(AuthorisationObjection.AREA, field="area_code")
    if valid_until <= valid_from:
        raise object_to_authorising(AuthorisationObjection.DATES, field="valid_until")
    said = (content.headline, content.caution, content.measures, content.issuer)
    if not all(words.strip() for words in said) or content.level is None:
        raise object_to_authorising(AuthorisationObjection.WORDS, field="headline")
    with act("alerts.authorisation.prepare", by=by.actor):
        row = Authorisation(
            area_code=area_code,
            event_code=event_code.strip(),
            kind=content.kind,
            level=content.level,
            headline=content.headline.strip(),
            caution=content.caution.strip(),
            measures=content.measures.strip(),
            issuer=content.issuer.strip(),
            lasts_hours=lasts_hours,
            valid_from=valid_from,
            valid_until=valid_until,
            prepared_by=by,
        )
        _refuse_unsendable(row, now)
        row.save()
    return row


def sign_authorisation(*, authorisation: Authorisation, by: User, now: datetime) -> Authorisation:
    """The leader's signature, given ahead. Refused to whoever prepared the text; afterwards it is frozen."""
    with act("alerts.authorisation.sign", by=by.actor):
        row = _held(authorisation)
        if not by.scope_for("notices.approve").covers(row.area_code):
            raise object_to_authorising(AuthorisationObjection.NOT_ALLOWED)
        if by.pk == row.prepared_by_id:
            raise object_to_authorising(AuthorisationObjection.SAME_PERSON)
        if row.signed_at or row.revoked_at:
            raise object_to_authorising(AuthorisationObjection.STATE)
        _refuse_unsendable(row, now)
        row.signed_by, row.signed_at = by, now
        row.save()
    return row


def _refuse_unsendable(row: Authorisation, now: datetime) -> None:
    if refusal := unsendable_words(row, now):
        raise refusal


def revoke_authorisation(*, authorisation: Authorisation, reason: str, by: User, now: datetime) -> Authorisation:
    """It holds no more, whoever signed it. Notices that went out by it stay as they are."""
    if not reason.strip():
        raise object_to_authorising(AuthorisationObjection.REASON, field="reason")
    with act("alerts.authorisation.revoke", by=by.actor):
        row = _held(authorisation)
        if not by.scope_for("notices.approve").covers(row.area_code):
            raise object_to_authorising(AuthorisationObjection.NOT_ALLOWED)
        if row.revoked_at:
            raise object_to_authorising(AuthorisationObjection.STATE)
        row.revoked_by, row.revoked_at, row.revoked_reason = by, now, reason.strip()[:200]
        row.save()
    return row


def issue_authorised(*, authorisation: Authorisation, warning: ReceivedWarning, by: User, now: datetime) -> Notice:
    """Issues the frozen text for an official warning in force: one press of the duty officer, once a warning.

    The signer of the authorisation is the notice's; he is called out to hear of it. Refused to himself, and to whoever
    took the warning in by hand.
    """
    with act("alerts.authorisation.use", by=by.actor), translation.override(settings.LANGUAGE_CODE):
        row = _held(authorisation)
        signer = _signer(row, warning, by, now)
        content = authorised_content(row, warning, now)
        notice = draft(content=content, area_codes=[row.area_code], by=by, now=now, exercise=warning.exercise)
        WarningRelay.objects.create(warning=warning, notice=notice, at=now, by=by)
        notice = submit(notice=notice, by=by, now=now)
        notice = issue(
            locked(notice),
            version=notice.version,
            signer=signer,
            now=now,
            way=Way.AUTHORISED,
            authorisation=row,
            warning=warning,
            pressed_by=by,
        )
        _tell(notice, signer, by, now)
    return notice


def _signer(row: Authorisation, warning: ReceivedWarning, by: User, now: datetime) -> User:
    """Whose signature this is. Refuses what was not authorised."""
    if not by.scope_for("notices.draft").covers(row.area_code):
        raise object_to_authorising(AuthorisationObjection.NOT_ALLOWED)
    if row.signed_by is None or not holds(row.valid_from, row.valid_until, row.revoked_at, now):
        raise object_to_authorising(AuthorisationObjection.NOT_IN_FORCE)
    if row.signed_by_id == by.pk:
        raise object_to_authorising(AuthorisationObjection.SAME_PERSON)
    if not may_still_sign(row):
        raise object_to_authorising(AuthorisationObjection.SIGNER_GONE)
    if not fits(row, warning, now):
        raise object_to_authorising(AuthorisationObjection.TRIGGER)
    if warning.received_by_id == by.pk:
        raise object_to_authorising(AuthorisationObjection.OWN_WARNING)
    if is_used(row, warning, now):
        raise object_to_authorising(AuthorisationObjection.USED)
    return row.signed_by


def _tell(notice: Notice, signer: User, by: User, now: datetime) -> None:
    """叫应: each use is called out to the one whose signature it is, until he has heard."""
    title = gettext("Issued by your authorisation: %(headline)s (pressed by %(name)s)") % {
        "headline": notice.headline,
        "name": by.name,
    }
    duty = duties.assign(
        kind=AUTHORISED_USE,
        title=title[:120],
        area_code=notice.area_code,
        assignee=signer,
        issued_by=by,
        now=now,
        key=f"authorised_use:{notice.pk}",
        exercise=notice.exercise,
    )
    Signature.objects.filter(notice=notice).update(assignment=duty)


def hear_of_use(*, assignment: Assignment, by: User | None, now: datetime) -> None:
    """Hearing of it is all that the call asks for. Inside the answer's transaction."""
    if assignment.state in OPEN:
        duties.fulfil(assignment=assignment, by=by, now=now, occurred_at=assignment.acknowledged_at)


def _held(authorisation: Authorisation) -> Authorisation:
    found = Authorisation.objects.select_for_update(of=("self",)).select_related("prepared_by", "signed_by")
    return found.get(pk=authorisation.pk)
