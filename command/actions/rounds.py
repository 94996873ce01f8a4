"""What a level of the plan asks of the inspection of sites: rounds, each opened once by a response."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from accounts.models import User
from command import rules
from command.actions.timeline import record
from command.enums import EntryKind
from command.models import PlanRound, Response, RoundTemplate
from core.rules import Refused
from hazards import actions as hazards
from hazards.enums import Trigger
from territory.rules import scope_of

OPENED = gettext_noop("Round %(number)s opened by the response: %(title)s, %(sites)s sites")
NOT_OPENED = gettext_noop("No round was opened for “%(title)s”: %(why)s")


def open_rounds(response: Response, *, by: User, now: datetime) -> list[PlanRound]:
    """Opens what the plan asks for at the present level and this response has not opened yet.

    What stands in the way of a round (an area without sites) never stands in the way of the level: the timeline says
    so. The level is signed, so nobody is asked for leave to open a round besides. The caller holds the response.
    """
    if response.plan_id is None:
        return []
    opened_before = PlanRound.objects.filter(response=response).values("template")
    wanted = RoundTemplate.objects.filter(plan=response.plan_id).exclude(pk__in=opened_before)
    return [
        opened
        for template in wanted.order_by("-level", "pk")
        if rules.holds(template.level, response.level)
        for opened in _open(response, template, by=by, now=now)
    ]


def _open(response: Response, template: RoundTemplate, *, by: User, now: datetime) -> list[PlanRound]:
    try:
        with transaction.atomic():
            round = hazards.open_round(
                title=template.title,
                scope=scope_of(response.area_code),
                due_at=now + timedelta(hours=template.due_hours),
                by=None,
                now=now,
                trigger=Trigger.RESPONSE,
                exercise=response.exercise,
            )
            made = PlanRound.objects.create(response=response, template=template, round=round)
    except Refused as refusal:
        with translation.override(settings.LANGUAGE_CODE):
            text = gettext(NOT_OPENED) % {"title": template.title, "why": str(refusal)}
        _tell(response, text, f"response:{response.pk}", reverse("command:response", args=[response.uuid]), by, now)
        return []
    with translation.override(settings.LANGUAGE_CODE):
        text = gettext(OPENED) % {"number": round.number, "title": round.title, "sites": round.members.count()}
    _tell(response, text, f"round:{round.pk}", reverse("hazards:round", args=[round.pk]), by, now)
    return [made]


def _tell(response: Response, text: str, ref: str, url: str, by: User, now: datetime) -> None:
    record(
        kind=EntryKind.RESPONSE,
        text=text,
        area_code=response.area_code,
        by=by,
        now=now,
        ref=ref,
        url=url,
        exercise=response.exercise,
    )
