"""Activation links, sign-in codes, and the log of revealed personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User
from core.models import APPEND_ONLY


class ActivationLink(models.Model):
    """A link by which an imported person sets his own password; only the hash of its token is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activation_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class SignInCode(models.Model):
    """A six-digit code sent to a verified phone; few tries, short life, only its keyed hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_codes")
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=5)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-sent_at"], name="code_newest")]


class Reveal(models.Model):
    """Somebody looked at a masked telephone number or name, and why. Append-only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reveals")
    subject = models.CharField(_("whose"), max_length=60)  # "household:123"
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("at"))
    address = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name = _("reveal")
        verbose_name_plural = _("reveals")
        triggers = [APPEND_ONLY]
