"""The district's own notice, with the eight elements that the law asks of a warning (突发事件应对法 art. 64)."""

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import OUT, MessageType, NoticeKind, NoticeLevel, NoticeState
from core.models import Stamped
from messaging.models import Broadcast
from territory.models import Placed, PlacedQuerySet

# What a signature has frozen: whoever changes these words or names afterwards is refused, the owner included.
_FROZEN = """OLD.issued_at IS NOT NULL AND (
    OLD.author_id, OLD.last_editor_id, OLD.submitter_id, OLD.approver_id, OLD.kind, OLD.level, OLD.headline,
    OLD.affected_area, OLD.caution, OLD.measures, OLD.issuer, OLD.sms_text, OLD.area_code
) IS DISTINCT FROM (
    NEW.author_id, NEW.last_editor_id, NEW.submitter_id, NEW.approver_id, NEW.kind, NEW.level, NEW.headline,
    NEW.affected_area, NEW.caution, NEW.measures, NEW.issuer, NEW.sms_text, NEW.area_code
)"""


# The same of what belongs to a notice: whom it is for.
BEFORE_THE_SIGNATURE = """
    IF EXISTS (SELECT FROM alerts_notice n
                WHERE n.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.notice_id ELSE NEW.notice_id END
                  AND n.issued_at IS NOT NULL) THEN
        RAISE EXCEPTION 'notice_frozen: a signed notice keeps its audience';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class Notice(Placed, Stamped):
    """A notice (防汛提示): written by one person, signed by another, frozen and sent by that signature.

    Elements: kind, level, starts_at, affected_area, caution, measures, issuer, issued_at. Approver differs from
    author, last editor and submitter: the database refuses anything else.

    A correction or an all-clear is a notice of its own that `refers_to` the one before it; `root` is the one that the
    chain began with. A notice is followed once at most, so a chain has one head.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message_type = models.CharField(
        _("sort of notice"), max_length=10, choices=MessageType, default=MessageType.ALERT, db_default=MessageType.ALERT
    )
    refers_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers")
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="chain")
    kind = models.CharField(_("kind"), max_length=14, choices=NoticeKind)
    level = models.SmallIntegerField(_("level"), choices=NoticeLevel)
    headline = models.CharField(_("headline"), max_length=60)
    starts_at = models.DateTimeField(_("starts"))
    expires_at = models.DateTimeField(_("ends"))
    affected_area = models.CharField(_("area affected"), max_length=120)
    caution = models.CharField(_("what to beware of"), max_length=200)
    measures = models.CharField(_("what to do"), max_length=200)
    issuer = models.CharField(_("issuer"), max_length=60)
    sms_text = models.CharField(_("SMS text"), max_length=500)
    # Made of the other fields by the reviewed text: then `sms_text` is what arrives, and nothing is added to it.
    is_composed = models.BooleanField(default=False, db_default=False)
    state = models.CharField(_("state"), max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    last_editor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    returned_reason = models.CharField(_("returned because"), max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("withdrawn because"), max_length=200, blank=True)
    # After this moment a household without receipt or answer counts as unreached and its door is knocked at.
    wait_minutes = models.PositiveSmallIntegerField(_("wait for receipts (min)"), default=10)
    waited_at = models.DateTimeField(null=True, blank=True)
    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)  # what a form was opened with; a stale save is refused
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["Notice"].as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["state", "-issued_at"], name="notice_in_force")]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("starts_at")), name="notice_ends_after_start"),
            models.CheckConstraint(
                condition=Q(issued_at__isnull=True, approver__isnull=True)
                | (
                    Q(issued_at__isnull=False, approver__isnull=False, submitter__isnull=False)
                    & ~Q(approver=F("author"))
                    & ~Q(approver=F("last_editor"))
                    & ~Q(approver=F("submitter"))
                ),
                name="notice_signed_by_another",
                violation_error_message=_("Who wrote, edited or submitted a notice cannot sign it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=OUT, issued_at__isnull=False) | (~Q(state__in=OUT) & Q(issued_at__isnull=True)),
                name="notice_issued_has_time",
            ),
            models.CheckConstraint(
                condition=Q(message_type=MessageType.ALERT, refers_to__isnull=True, root__isnull=True)
                | (~Q(message_type=MessageType.ALERT) & Q(refers_to__isnull=False, root__isnull=False)),
                name="notice_follows_one",
            ),
            models.UniqueConstraint(
                fields=["refers_to"], condition=Q(issued_at__isnull=False), name="notice_followed_once"
            ),
            models.UniqueConstraint(
                fields=["refers_to", "message_type"],
                condition=Q(state__in=[NoticeState.DRAFT, NoticeState.SUBMITTED]),
                name="notice_one_follower_open",
            ),
        ]

        triggers = [
            pgtrigger.Protect(name="frozen", operation=pgtrigger.Update, condition=pgtrigger.Condition(_FROZEN)),
        ]

    def __str__(self) -> str:
        return self.headline


class NoticeArea(models.Model):
    """An area the notice is meant for, with everything below it."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="areas")
    area_code = models.CharField(_("area code"), max_length=15)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "area_code"], name="notice_area_once")]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=BEFORE_THE_SIGNATURE,
            )
        ]
