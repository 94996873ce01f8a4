"""Orders to several receivers, and call-outs: who was called and whether he answered."""

import uuid

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from command.enums import CallTier, ResponseLevel
from command.models.response import Response
from core.models import Stamped
from territory.models import Placed, PlacedQuerySet


@pghistory.track()
class Order(Placed, Stamped):
    """An order (指令): one text, several receivers, one deadline. Numbered by year, exercises apart.

    `ref` names what it belongs to ("danger:17", "transfer:4"); receipt and result stand in its assignments.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"), max_length=1000)
    issuer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued"))
    due_at = models.DateTimeField(_("due"))
    response = models.ForeignKey(Response, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    ref = models.CharField(_("belongs to"), max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(_("withdrawn because"), max_length=200, blank=True)
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    # What queries.orders adds to each row.
    receivers_count: int
    acknowledged: int
    done: int
    late: int

    objects = PlacedQuerySet["Order"].as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["-issued_at"], name="order_newest"),
            models.Index(fields=["ref"], condition=~Q(ref=""), name="order_by_ref"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number", "exercise"], nulls_distinct=False, name="order_number_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="order_withdrawn_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OrderReceiver(models.Model):
    """One receiver of an order, as he was named when it was given."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receivers")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="order_receiver")
    name = models.CharField(_("receiver"), max_length=60)

    class Meta:
        verbose_name = _("receiver of the order")
        verbose_name_plural = _("receivers of the order")


@pghistory.track()
class CallOut(Placed, Stamped):
    """A call-out (一键叫应): everybody who must answer now, once each."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.CharField(_("what is said"), max_length=200)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("ordered"))
    response = models.ForeignKey(Response, on_delete=models.PROTECT, null=True, blank=True, related_name="call_outs")
    level = models.SmallIntegerField(_("level"), choices=ResponseLevel, null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.UUIDField(_("exercise"), null=True, blank=True)

    objects = PlacedQuerySet["CallOut"].as_manager()

    class Meta:
        verbose_name = _("call-out")
        verbose_name_plural = _("call-outs")
        indexes = [models.Index(fields=["-ordered_at"], name="call_out_newest")]


@pghistory.track()
class CallTerm(Placed):
    """A row of the call list: at a response level in an area, which rung is called and answers within how long.

    A smaller area's row goes before a larger one's. A rung without a row is called, and answers in five minutes.
    """

    level = models.SmallIntegerField(_("level"), choices=ResponseLevel)
    tier = models.CharField(_("who is called"), max_length=10, choices=CallTier)
    is_called = models.BooleanField(_("is called"), default=True)
    minutes = models.PositiveSmallIntegerField(
        _("answers within (min)"), default=5, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    class Meta:
        verbose_name = _("row of the call list")
        verbose_name_plural = _("call list")
        constraints = [
            models.UniqueConstraint(fields=["area_code", "level", "tier"], name="call_term_once"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=60), name="call_term_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.area_code} {self.get_level_display()} {self.get_tier_display()}"


class CallTarget(models.Model):
    """One person of a call-out; his acknowledgement is the answer.

    `passed_from` is the name of whoever was called first, once the deputy is called in his place; `by_hand` when
    somebody else recorded that he was spoken to.
    """

    call_out = models.ForeignKey(CallOut, on_delete=models.PROTECT, related_name="targets")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="call_target")
    post = models.CharField(_("called as"), max_length=60, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)
    passed_from = models.CharField(_("called first"), max_length=60, blank=True)
    by_hand = models.BooleanField(_("reached by telephone"), default=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["rank", "pk"]
