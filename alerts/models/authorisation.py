"""授权签发: a leader signs a text for an event, a level and an area before the season; the press comes later."""

import uuid

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.enums import NoticeKind, NoticeLevel
from core.models import Stamped
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class Authorisation(Placed, Stamped):
    """The frozen text that a duty officer may issue for `area_code` when an official warning of the event and level is
    in force. Prepared by one, signed by another; after that only revoking it changes anything.

    `event_code` empty: any warning of this kind. `lasts_hours`: how long a notice under it holds at most.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event_code = models.CharField(_("event code"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=14, choices=NoticeKind)
    level = models.SmallIntegerField(_("level"), choices=NoticeLevel)
    headline = models.CharField(_("headline"), max_length=60)
    caution = models.CharField(_("what to beware of"), max_length=200)
    measures = models.CharField(_("what to do"), max_length=200)
    issuer = models.CharField(_("issuer"), max_length=60)
    lasts_hours = models.PositiveSmallIntegerField(_("holds (h)"), default=6)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_reason = models.CharField(_("revoked because"), max_length=200, blank=True)

    objects = PlacedQuerySet["Authorisation"].as_manager()

    class Meta:
        verbose_name = _("authorisation to issue")
        verbose_name_plural = _("authorisations to issue")
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gt=F("valid_from")), name="authorisation_ends_after_start"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signed_by=F("prepared_by"))),
                name="authorisation_signed_by_another",
                violation_error_message=_("Who prepared an authorisation cannot sign it."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
                name="authorisation_revoked_whole",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.signed_at IS NOT NULL"),
                func="""
                    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
                       OR (OLD.area_code, OLD.event_code, OLD.kind, OLD.level, OLD.headline, OLD.caution, OLD.measures,
                           OLD.issuer, OLD.lasts_hours, OLD.valid_from, OLD.valid_until, OLD.prepared_by_id,
                           OLD.signed_by_id, OLD.signed_at)
                       IS DISTINCT FROM
                          (NEW.area_code, NEW.event_code, NEW.kind, NEW.level, NEW.headline, NEW.caution, NEW.measures,
                           NEW.issuer, NEW.lasts_hours, NEW.valid_from, NEW.valid_until, NEW.prepared_by_id,
                           NEW.signed_by_id, NEW.signed_at) THEN
                        RAISE EXCEPTION 'authorisation_frozen: what was signed is only revoked';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.headline
