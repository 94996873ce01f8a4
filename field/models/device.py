"""A phone that may send in a person's name after his session has ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class DeviceToken(models.Model):
    """One phone's permission: for sending what was recorded and for fetching one's own lists, nothing else.

    Only the hash of the token is kept. It ends by itself, when its person signs out there, or when somebody revokes it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    token_sha256 = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("phone"), max_length=80, blank=True)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("phone of a person")
        verbose_name_plural = _("phones of people")
        indexes = [models.Index(fields=["user", "-issued_at"], name="device_newest")]
