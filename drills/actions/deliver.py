"""What an inject does when it goes out: through the doors that the real thing takes, with the exercise's mark."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from assignments import actions as duties
from assignments.enums import OPEN
from assignments.models import Assignment
from command import actions as command
from command import queries as situation
from command.enums.dangers import DangerKind, DangerSource, HelpSource
from core.rules import Refused
from drills import queries, rules
from drills.enums import InjectKind, Objection, Receiver
from drills.models import DrillRun, Inject
from drills.queries.purposes import INJECT, INJECT_WORDS
from dutyroster import actions as duty_log
from dutyroster.enums import LogKind
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Broadcast, Enlisted


@dataclass
class Delivered:
    """What came of it."""

    broadcast: Broadcast | None = None
    duties: list[Assignment] = field(default_factory=list)
    ref: str = ""
    url: str = ""
    fault: str = ""


def deliver(*, run: DrillRun, inject: Inject, controller: User, now: datetime) -> Delivered:
    """Sends, assigns or reports as the inject's kind says. Raises Refused when nobody who takes part can get it."""
    made = Delivered()
    receivers = queries.receivers(run, inject, now=now)
    if not receivers and inject.receiver != Receiver.NOBODY:
        raise Refused(Objection.NO_RECEIVER.value, Objection.NO_RECEIVER.label)
    if inject.kind == InjectKind.MESSAGE:
        made.broadcast = _tell(run, inject, receivers, controller, now)
        return made
    made.ref, made.url = _happen(run, inject, controller, now)
    if receivers:
        made.duties = _assign(run, inject, receivers, controller, now)
    return made


def _happen(run: DrillRun, inject: Inject, controller: User, now: datetime) -> tuple[str, str]:
    """What the inject makes in the exercise besides duties: its name and its page; empty when it is a mere duty."""
    words = inject.text or inject.title
    match inject.kind:
        case InjectKind.DANGER:
            danger, _new = command.report_danger(
                client_uuid=_own_id(run, inject), kind=DangerKind(rules.danger_kind(f"{inject.title} {inject.text}")),
                source=DangerSource.DESK, by=controller, now=now, area_code=inject.area_code, place=inject.title,
                description=words, exercise=run.uuid,
            )  # fmt: skip
            return f"command.danger:{danger.pk}", reverse("command:danger", args=[danger.uuid])
        case InjectKind.HELP:
            asked, _new = command.request_help(
                client_uuid=_own_id(run, inject), source=HelpSource.PHONE, by=controller, now=now,
                area_code=inject.area_code, place=inject.title, need=words, exercise=run.uuid,
            )  # fmt: skip
            return f"command.help:{asked.pk}", reverse("command:help_request", args=[asked.uuid])
        case InjectKind.LEVEL:
            return _set_level(run, inject, controller, now)
        case InjectKind.PAPER:
            entry = duty_log.note(
                text="，".join(part for part in (inject.title, inject.text) if part), by=controller, now=now,
                area_code=inject.area_code, kind=LogKind.PAPER, exercise=run.uuid,
                client_uuid=_own_id(run, inject),
            )  # fmt: skip
            return f"dutyroster.log:{entry.pk}", ""
    return "", ""


def _set_level(run: DrillRun, inject: Inject, controller: User, now: datetime) -> tuple[str, str]:
    """Starts, raises or lowers the response of the exercise; a level that is in force already stays."""
    level = inject.level or 4
    basis = gettext("[Exercise]") + (inject.text or inject.title)
    response = situation.open_response(inject.area_code, exercise=run.uuid)
    if response is None:
        response = command.start(
            area_code=inject.area_code, level=level, basis=basis, by=controller, now=now, exercise=run.uuid
        )
    elif level < response.level:
        response = command.raise_level(response=response, level=level, basis=basis, by=controller, now=now)
    elif level > response.level:
        response = command.lower(response=response, level=level, basis=basis, by=controller, now=now)
    _contain(run, controller, now)
    return f"command.response:{response.pk}", reverse("command:response", args=[response.uuid])


def _contain(run: DrillRun, controller: User, now: datetime) -> None:
    """A plan's tasks go to whoever holds the role. Who does not take part owes nothing to an exercise."""
    enlisted = Enlisted.objects.filter(exercise=run.uuid).values("contact_point_id")
    outside = Assignment.objects.filter(exercise=run.uuid, state__in=OPEN).exclude(
        Q(assignee__in=run.participants.values("person_id")) | Q(contact_point__in=enlisted)
    )
    duties.cancel_many(assignments=outside, by=controller, now=now, note=gettext("Does not take part in the exercise."))


def _own_id(run: DrillRun, inject: Inject) -> UUID:
    """The same inject of the same run is the same report, however often it is tried."""
    return uuid5(run.uuid, str(inject.pk))


def _tell(
    run: DrillRun, inject: Inject, receivers: list[queries.ReceiverOf], controller: User, now: datetime
) -> Broadcast:
    reach = queries.enlisted_points(run, [one.person for one in receivers])
    if not reach:
        raise Refused(Objection.NO_RECEIVER.value, Objection.NO_RECEIVER.label)
    words = "，".join(part.rstrip("。") for part in (inject.title, inject.text) if part)
    return messages.send(
        lane=Lane.ALARM,
        channel=Channel.SMS,
        text=gettext(INJECT_WORDS),
        recipients=[
            messages.Recipient(reach[one.person.pk], one.area_code, {"words": words})
            for one in receivers
            if one.person.pk in reach
        ],
        area_code=inject.area_code,
        by=controller.actor,
        now=now,
        key=f"drill:{run.uuid}:{inject.number}",
        origin=f"drills.run:{run.pk}",
        exercise=run.uuid,
        purpose=INJECT,
    )


def _assign(
    run: DrillRun, inject: Inject, receivers: list[queries.ReceiverOf], controller: User, now: datetime
) -> list[Assignment]:
    return duties.assign_many(
        [
            duties.Duty(
                title=inject.title,
                body=inject.text,
                area_code=one.area_code,
                assignee=one.person,
                key=f"drill:{run.uuid}:{inject.number}:{one.person.pk}",
            )
            for one in receivers
        ],
        kind=rules.duty_kind(inject.expect_ack_minutes, inject.expect_done_minutes),
        issued_by=controller,
        now=now,
        exercise=run.uuid,
    )
