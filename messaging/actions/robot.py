"""Group robots: adding one, giving it another address, retiring it."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import connection

from core.audit import act
from core.rules import Actor
from messaging import queries, rules
from messaging.actions.self_test import refuse
from messaging.enums import AccountObjection as Objection
from messaging.models import GroupRobot
from territory.enums import ContactKind
from territory.models import Area, ContactPoint


def save_robot(
    *,
    name: str,
    channel: str,
    area_code: str,
    by: Actor,
    url: str = "",
    secret_name: str = "",
    robot: GroupRobot | None = None,
) -> GroupRobot:
    """Adds a robot, or changes one: without `url` it keeps its address. Its channel never changes.

    Posting goes to the configured hosts alone, to this machine in demonstrations only. Raises Refused: robot_address,
    robot_taken, robot_area, robot_secret.
    """
    if robot is not None:
        channel = robot.channel
    address = url.strip()
    if (address or robot is None) and not rules.is_robot_of(
        channel, address, settings.ROBOT_HOSTS, loopback=settings.DEMO
    ):
        raise refuse(Objection.ROBOT_ADDRESS, field="url")
    if secret_name and secret_name not in settings.GATEWAY_SECRETS:
        raise refuse(Objection.ROBOT_SECRET, field="secret_name")
    if not Area.objects.filter(code=area_code).exists():
        raise refuse(Objection.ROBOT_AREA, field="area_code")
    with act("messaging.robot.change" if robot else "messaging.robot.add", by=by):
        row = GroupRobot.objects.select_for_update().get(pk=robot.pk) if robot else GroupRobot(channel=channel)
        if address:
            if address in _addresses_of_others(row):
                raise refuse(Objection.ROBOT_TAKEN, field="url")
            row.sealed_url = rules.seal(address, queries.sealing_secrets())
            if row.pk is None:
                row.contact_point = ContactPoint.objects.create(kind=ContactKind.ROBOT, address=f"robot:{uuid4().hex}")
        row.name, row.area_code, row.secret_name = name.strip()[:60], area_code, secret_name
        row.save()
    return row


def _addresses_of_others(row: GroupRobot) -> set[str]:
    """Sealed twice, an address never looks the same: all are opened, one press after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('messaging.robot'))")
    sealed = GroupRobot.objects.exclude(pk=row.pk).values_list("sealed_url", flat=True)
    return {rules.unsealed(one, queries.sealing_secrets()) for one in sealed}


def retire_robot(*, robot: GroupRobot, by: Actor, now: datetime) -> GroupRobot:
    """Nothing is posted to this group any more; asked again, it is taken back."""
    with act("messaging.robot.retire", by=by):
        row = GroupRobot.objects.select_for_update().get(pk=robot.pk)
        row.retired_at = None if row.retired_at else now
        row.save(update_fields=["retired_at"])
    return row
