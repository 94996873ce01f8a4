"""Who signed a notice and how: the code of a signer, the calls to him, a word of mouth, and the signature itself."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import CallOutcome, Way
from alerts.models.authorisation import Authorisation
from alerts.models.notice import Notice
from alerts.models.warning import ReceivedWarning
from assignments.models import Assignment
from messaging.enums import Channel
from messaging.models import Broadcast
from territory.models import ContactPoint

MOST_WRONG = 3


class SignerCode(models.Model):
    """The code that a signer adds to his answer by telephone. `sealed` is a password hash over a digest that holds the
    telephone too: with another number the code is void. The third wrong try locks it until he sets a new one.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="signer_code")
    sealed = models.CharField(max_length=128)
    set_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("signing code")
        verbose_name_plural = _("signing codes")
        constraints = [
            models.CheckConstraint(
                condition=Q(wrong__lt=MOST_WRONG, locked_at__isnull=True)
                | Q(wrong=MOST_WRONG, locked_at__isnull=False),
                name="signer_code_locks_at_three",
            )
        ]


class SigningCall(models.Model):
    """A question to a signer's verified telephone about one version of a notice, by call or SMS.

    `read_out` is what he heard, `households` what it counted. It is open until `ends_at` or an outcome; one at a time
    for a notice, and one for a telephone, so that an answer can mean one thing only.
    """

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="signing_calls")
    version = models.PositiveIntegerField()
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    broadcast = models.OneToOneField(Broadcast, on_delete=models.PROTECT, null=True, related_name="+")
    read_out = models.CharField(max_length=300)
    households = models.PositiveIntegerField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    pressed = models.CharField(max_length=1, blank=True, default="")  # a key that came without the code
    wrong = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=CallOutcome, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("call to a signer")
        verbose_name_plural = _("calls to signers")
        constraints = [
            models.CheckConstraint(condition=~Q(signer=F("asked_by")), name="signing_call_by_another"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True) | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="signing_call_settled_whole",
            ),
            models.UniqueConstraint(
                fields=["notice"], condition=Q(settled_at__isnull=True), name="signing_call_open_once_a_notice"
            ),
            models.UniqueConstraint(
                fields=["contact_point"], condition=Q(settled_at__isnull=True), name="signing_call_open_once_a_phone"
            ),
        ]


class OralWord(models.Model):
    """A signature by word of mouth as two people on duty recorded it; nothing goes out before the second confirms."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="oral_words")
    version = models.PositiveIntegerField()
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(_("said at"))
    words = models.CharField(_("what was said, and how"), max_length=200)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    heard_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    heard_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("word of mouth")
        verbose_name_plural = _("words of mouth")
        constraints = [
            models.CheckConstraint(
                condition=~Q(recorded_by=F("signer")) & Q(said_at__lte=F("recorded_at")),
                name="oral_recorded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(heard_by__isnull=True, heard_at__isnull=True)
                | (
                    Q(heard_by__isnull=False, heard_at__isnull=False, dropped_at__isnull=True)
                    & ~Q(heard_by=F("recorded_by"))
                    & ~Q(heard_by=F("signer"))
                ),
                name="oral_heard_by_a_second",
                violation_error_message=_("A second person on duty confirms a word of mouth."),
            ),
            models.UniqueConstraint(
                fields=["notice"],
                condition=Q(heard_at__isnull=True, dropped_at__isnull=True),
                name="oral_open_once_a_notice",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_recorded", exclude=["heard_by", "heard_at", "dropped_at"]),
            pgtrigger.Protect(
                name="ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__heard_at__isnull=False) | pgtrigger.Q(old__dropped_at__isnull=False),
            ),
        ]


# What no door can get around: the signer is who approved the notice and had no part in it, and what the signature
# rests on (a call, a word of mouth, an authorisation) is about this very notice, version and person.
_GENUINE = """
    SELECT * INTO n FROM alerts_notice WHERE id = NEW.notice_id;
    IF n.issued_at IS NULL OR n.approver_id IS DISTINCT FROM NEW.signer_id
       OR NEW.signer_id IN (n.author_id, n.last_editor_id, n.submitter_id) THEN
        RAISE EXCEPTION 'signature_of_another: the signer approved the notice and neither wrote nor submitted it';
    END IF;
    IF NEW.call_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM alerts_signingcall c
         WHERE c.id = NEW.call_id AND c.notice_id = n.id AND c.version = n.version AND c.signer_id = NEW.signer_id
           AND c.outcome = 'signed') THEN
        RAISE EXCEPTION 'signature_without_call: no answered call to this signer about this version';
    END IF;
    IF NEW.oral_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM alerts_oralword o
         WHERE o.id = NEW.oral_id AND o.notice_id = n.id AND o.version = n.version AND o.signer_id = NEW.signer_id
           AND o.heard_at IS NOT NULL) THEN
        RAISE EXCEPTION 'signature_without_witness: no word of this signer that two people recorded';
    END IF;
    IF NEW.authorisation_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM alerts_authorisation a
         WHERE a.id = NEW.authorisation_id AND a.signed_by_id = NEW.signer_id AND a.revoked_at IS NULL
           AND NEW.at >= a.valid_from AND NEW.at < a.valid_until
           AND (a.kind, a.level, a.headline, a.caution, a.measures, a.issuer)
               = (n.kind, n.level, n.headline, n.caution, n.measures, n.issuer)
           AND NOT EXISTS (SELECT FROM alerts_noticearea w
                            WHERE w.notice_id = n.id AND NOT starts_with(w.area_code, a.area_code))) THEN
        RAISE EXCEPTION 'signature_unauthorised: not the text, area or time that was authorised';
    END IF;
    IF EXISTS (SELECT FROM alerts_receivedwarning w
                WHERE w.id = NEW.warning_id AND w.received_by_id = NEW.pressed_by_id) THEN
        RAISE EXCEPTION 'signature_by_one: who took the warning in does not press for it';
    END IF;
    RETURN NEW;
"""


class Signature(models.Model):
    """签发: who signed a notice, how, and what that rests on. `countersigned_at`: 补签 of a word of mouth."""

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="signature")
    way = models.CharField(_("how it was signed"), max_length=10, choices=Way)
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    call = models.OneToOneField(SigningCall, on_delete=models.PROTECT, null=True, related_name="signature")
    oral = models.OneToOneField(OralWord, on_delete=models.PROTECT, null=True, related_name="signature")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, null=True, related_name="uses")
    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, null=True, related_name="+")
    pressed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The duty that it left behind: to countersign, or to hear that the authorisation was used.
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="signature")
    countersigned_at = models.DateTimeField(_("countersigned"), null=True)
    countersigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("signature of a notice")
        verbose_name_plural = _("signatures of notices")
        indexes = [
            models.Index(
                fields=["signer"], condition=Q(way=Way.ORAL, countersigned_at__isnull=True), name="signature_open_word"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(way=Way.PAGE, call=None, oral=None, authorisation=None, warning=None, pressed_by=None)
                | Q(
                    way__in=[Way.CALL, Way.SMS],
                    call__isnull=False,
                    oral=None,
                    authorisation=None,
                    warning=None,
                    pressed_by=None,
                )
                | Q(way=Way.ORAL, call=None, oral__isnull=False, authorisation=None, warning=None, pressed_by=None)
                | (
                    Q(
                        way=Way.AUTHORISED,
                        call=None,
                        oral=None,
                        authorisation__isnull=False,
                        warning__isnull=False,
                        pressed_by__isnull=False,
                    )
                    & ~Q(pressed_by=F("signer"))
                ),
                name="signature_rests_on_its_way",
            ),
            models.CheckConstraint(
                condition=Q(countersigned_at__isnull=True, countersigned_by__isnull=True)
                | Q(way=Way.ORAL, countersigned_at__isnull=False, countersigned_by=F("signer")),
                name="signature_countersigned_by_its_signer",
            ),
            models.UniqueConstraint(fields=["authorisation", "warning"], name="authorisation_used_once_a_warning"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="genuine",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("n", "alerts_notice%ROWTYPE")],
                func=_GENUINE,
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_signed", exclude=["countersigned_at", "countersigned_by", "assignment"]),
        ]
