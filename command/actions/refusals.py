"""Refusing in one line, asking leave, and waiting one's turn."""

from uuid import UUID

from django.db import connection

from accounts.models import User
from command.enums import Objection
from core.rules import Refused


def refuse(objection: Objection, *, field: str = "", **params: object) -> Refused:
    """The refusal that goes with an objection, to be raised."""
    return Refused(objection.value, objection.label, field=field, params=params)


def ask_leave(by: User, area_code: str, capability: str, *, exercise: UUID | None = None) -> None:
    """Refuses whoever does not hold the capability over the area. Who runs drills may do it in an exercise."""
    if by.scope_for(capability).covers(area_code):
        return
    if exercise is not None and by.scope_for("drills.run").covers(area_code):
        return
    raise refuse(Objection.NOT_ALLOWED)


def wait_turn(*what: object) -> None:
    """Holds everybody else who says the same words until this transaction ends: there may be no row to lock yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(map(str, what))])
