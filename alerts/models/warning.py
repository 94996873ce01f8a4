"""Official warnings as they came. Nothing here is ever changed: what holds now is a question to these rows."""

import uuid

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import CapStatus, CapType, Dialect, NoticeLevel, WarningSource
from core.models import APPEND_ONLY
from territory.models import Placed, PlacedQuerySet


class ReceivedWarning(Placed):
    """One message of an authority (接收的预警). Its identity is (sender, identifier, sent); the first that came stands.

    `raw` are the bytes as they arrived and `sha256` is theirs. The columns repeat for lists what the Chinese part says;
    `infos` is every part. `area_code` is the smallest area of ours that holds all it concerns, or an area elsewhere.
    `base` is the identifier without the serial number that senders drop. `exercise`: it was played in a drill.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dialect = models.CharField(_("format"), max_length=8, choices=Dialect)
    source = models.CharField(_("came"), max_length=8, choices=WarningSource)
    feed = models.ForeignKey("alerts.WarningFeed", on_delete=models.PROTECT, null=True, related_name="+")
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(_("received"))
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_by_name = models.CharField(max_length=60)
    identifier = models.CharField(_("identifier"), max_length=200)
    base = models.CharField(max_length=200)
    sender = models.CharField(_("sender"), max_length=200)
    sent = models.DateTimeField(_("issued"))
    status = models.CharField(_("status"), max_length=8, choices=CapStatus)
    msg_type = models.CharField(_("type"), max_length=8, choices=CapType)
    is_public = models.BooleanField(_("for everybody"), default=True)
    is_all_clear = models.BooleanField(_("says that it is over"), default=False)
    issuer = models.CharField(_("issuer"), max_length=200)
    event = models.CharField(_("event"), max_length=200, blank=True)
    event_code = models.CharField(_("event code"), max_length=40, blank=True)
    level = models.SmallIntegerField(_("level"), choices=NoticeLevel, null=True)
    headline = models.TextField(_("headline"), blank=True)
    description = models.TextField(_("text"), blank=True)
    instruction = models.TextField(_("what to do"), blank=True)
    area_name = models.TextField(_("area"), blank=True)
    starts_at = models.DateTimeField(_("starts"))
    expires_at = models.DateTimeField(_("ends"), null=True)
    infos = models.JSONField(default=list)
    findings = models.JSONField(default=list)  # what was odd about it: [{code, params}]
    fingerprint = models.CharField(max_length=64)
    exercise = models.UUIDField(_("exercise"), null=True)

    # What queries.with_state adds to each row.
    is_followed: bool
    is_lifted: bool

    objects = PlacedQuerySet["ReceivedWarning"].as_manager()

    class Meta:
        verbose_name = _("received warning")
        verbose_name_plural = _("received warnings")
        triggers = [APPEND_ONLY]
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "identifier", "sent", "exercise"], nulls_distinct=False, name="warning_once"
            ),
            models.CheckConstraint(
                condition=Q(dialect=Dialect.FORM, received_by__isnull=False) | ~Q(dialect=Dialect.FORM),
                name="warning_by_hand_has_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["-sent", "-id"], name="warning_newest"),
            models.Index(fields=["base"], name="warning_by_base"),
            models.Index(fields=["fingerprint", "sent"], name="warning_by_words"),
        ]

    def __str__(self) -> str:
        return self.headline or self.event or self.identifier

    @property
    def colour_word(self) -> str:
        """The colour as text, empty where none could be read."""
        return NoticeLevel(self.level).name.lower() if self.level else ""


class WarningArea(models.Model):
    """An area of a warning: a code without its padding and what of ours it means (`local_code`, empty: elsewhere), or a
    shape, with a row for each of our areas that it touches.
    """

    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, related_name="areas")
    name = models.TextField(blank=True)
    code = models.CharField(max_length=15, blank=True)
    local_code = models.CharField(max_length=15, blank=True)
    geometry = models.GeometryField(srid=4326, null=True)

    class Meta:
        verbose_name = _("area of a warning")
        verbose_name_plural = _("areas of warnings")
        triggers = [APPEND_ONLY]
        indexes = [models.Index(fields=["local_code", "warning"], name="warning_area_ours")]


class WarningReference(models.Model):
    """What a warning refers to, by words: the other one may come later, or never.

    The national format names the identifier only; then `sender` is empty and `sent` null.
    """

    warning = models.ForeignKey(ReceivedWarning, on_delete=models.PROTECT, related_name="references")
    sender = models.CharField(max_length=200, blank=True)
    identifier = models.CharField(max_length=200)
    base = models.CharField(max_length=200)
    sent = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reference of a warning")
        verbose_name_plural = _("references of warnings")
        triggers = [APPEND_ONLY]
        indexes = [models.Index(fields=["base"], name="warning_reference_base")]
