"""What every table shares."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

# A ledger's rows are never changed: the trigger refuses whoever asks, the owner included.
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Stamped(models.Model):
    """Rows that know when they were made and last changed."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True
