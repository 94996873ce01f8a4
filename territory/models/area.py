"""The area tree."""

from typing import TypeVar

from django.contrib.gis.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Stamped
from territory.enums import Level
from territory.rules import Scope

M = TypeVar("M", bound=models.Model)


def within(scope: Scope, column: str = "area_code") -> Q:
    """The condition that `column` lies in the scope. Prefixes as literals, so that the pattern index serves."""
    condition = Q(pk__in=())
    for code in sorted(scope.codes):
        condition |= Q(**{f"{column}__startswith": code})
    return condition


def within_sql(scope: Scope, column: str) -> tuple[str, dict[str, str]]:
    """The same condition for a statement written by hand, and its parameters: "(a LIKE %(area_0)s OR …)".

    One LIKE a prefix: the pattern index does not serve LIKE ANY.
    """
    prefixes = {f"area_{place}": f"{code}%" for place, code in enumerate(sorted(scope.codes))}
    condition = " OR ".join(f"{column} LIKE %({name})s" for name in prefixes)
    return f"({condition or 'false'})", prefixes


class PlacedQuerySet(QuerySet[M]):
    """Questions every placed row answers."""

    def in_scope(self, scope: Scope) -> "PlacedQuerySet[M]":
        """Only rows in the scope's areas."""
        return self.filter(within(scope))


class Placed(models.Model):
    """A row that lies somewhere: it carries the official code of its area, so that lists need no join.

    No foreign key: codes are never deleted, and a key would cost more than half of a set-based load.
    """

    area_code = models.CharField(_("area code"), max_length=15, db_index=True)

    class Meta:
        abstract = True


class Area(Stamped):
    """One area of the tree, keyed by its official code."""

    code = models.CharField(_("official code"), max_length=15, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    # Approximate until a surveyed border is imported; the map says 示意 then.
    border = models.MultiPolygonField(_("border"), srid=4326, null=True, blank=True)
    border_is_sketch = models.BooleanField(_("border is a sketch"), default=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
