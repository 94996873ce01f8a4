"""The register of what providers have reviewed: signatures and texts, by account."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from messaging.enums import Reviewable, ReviewState


@pghistory.track()
class ProviderSignature(Stamped):
    """A 【signature】 and how far its registration with a provider has come. `account` by name, as in AccountState."""

    account = models.CharField(_("account"), max_length=30)
    text = models.CharField(_("signature"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.NOT_FILED)
    reason = models.CharField(_("what the provider said"), max_length=200, blank=True)
    filed_at = models.DateTimeField(_("filed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    last_test = models.DateTimeField(_("last real test"), null=True, blank=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["account", "text"]
        constraints = [models.UniqueConstraint(fields=["account", "text"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.text}"


@pghistory.track()
class ProviderTemplate(Stamped):
    """One text of ours as an account's provider knows it, for one purpose and language.

    `text` has `{name}` blanks; `limits` says how many characters each may hold (35 where it says nothing), `names` what
    the provider calls it. `code` is the provider's. Approved means: may be sent from this moment on.
    """

    account = models.CharField(_("account"), max_length=30)
    kind = models.CharField(_("channel"), max_length=10, choices=Reviewable, default=Reviewable.SMS)
    purpose = models.CharField(_("purpose"), max_length=40)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    code = models.CharField(_("code at the provider"), max_length=40, blank=True)
    text = models.TextField(_("text"), max_length=500)
    limits = models.JSONField(_("longest values"), default=dict, blank=True)
    names = models.JSONField(_("variables at the provider"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.NOT_FILED)
    reason = models.CharField(_("what the provider said"), max_length=200, blank=True)
    filed_at = models.DateTimeField(_("filed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    last_real_test = models.DateTimeField(_("last real test"), null=True, blank=True)

    class Meta:
        verbose_name = _("reviewed text")
        verbose_name_plural = _("reviewed texts")
        ordering = ["kind", "purpose", "account", "language"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "purpose", "language"], name="template_once"),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.APPROVED) | ~Q(code=""), name="template_approved_has_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.purpose} {self.language}"
