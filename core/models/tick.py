"""The last sign of life of everything that works by itself."""

from django.db import models


class Tick(models.Model):
    """When a named worker last came round; older than its limit means that nobody is working."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
