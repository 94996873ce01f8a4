"""Refusing in one line, and taking a notice for oneself."""

from accounts.models import User
from alerts.enums import AuthorisationObjection, NoticeState, Objection, SigningObjection, WarningObjection
from alerts.models import Notice
from core.rules import Refused


def refuse(objection: Objection, *, field: str = "", params: dict[str, object] | None = None) -> Refused:
    """The refusal that goes with an objection, to be raised."""
    return Refused(objection.value, objection.label, field=field, params=params)


def object_to(objection: WarningObjection, *, field: str = "") -> Refused:
    """The same of warnings."""
    return Refused(objection.value, objection.label, field=field)


def object_to_signing(objection: SigningObjection, *, field: str = "", name: str = "") -> Refused:
    """The same of signing; `name` where the sentence names somebody."""
    return Refused(objection.value, objection.label, field=field, params={"name": name} if name else None)


def object_to_authorising(objection: AuthorisationObjection, *, field: str = "") -> Refused:
    """The same of authorisations."""
    return Refused(objection.value, objection.label, field=field)


def locked(notice: Notice) -> Notice:
    """The row as it stands now, held until the transaction ends: two who press at once act one after the other.

    Held weakly (`no_key`), here and by every tick: what is written about a notice meanwhile, a cry for help above all,
    looks its row up and must not wait for a wave over the whole district.
    """
    people = ("author", "last_editor", "submitter", "approver", "withdrawn_by", "broadcast", "refers_to")
    return Notice.objects.select_for_update(of=("self",), no_key=True).select_related(*people).get(pk=notice.pk)


def waiting(notice: Notice, version: int) -> Notice:
    """The row, held, if it waits for its signature as `version` was read."""
    row = locked(notice)
    if row.state != NoticeState.SUBMITTED:
        raise refuse(Objection.STATE)
    if row.version != version:
        raise refuse(Objection.STALE)
    return row


def covered(notice: Notice, by: User, capability: str) -> list[str]:
    """The notice's areas. Refuses whoever does not hold the capability over all of them."""
    codes = sorted(notice.areas.values_list("area_code", flat=True))
    scope = by.scope_for(capability)
    if not scope.codes or not all(scope.covers(code) for code in codes or [notice.area_code]):
        raise refuse(Objection.NOT_ALLOWED)
    return codes
