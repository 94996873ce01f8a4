"""求助 by residents themselves, with no notice that asked them."""

from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, gettext_noop

from accounts import queries as people
from command.actions.help import owe, request_help, tell
from command.enums.dangers import FieldObjection, HelpSource
from command.models import HelpRequest
from core.audit import act
from core.rules import SYSTEM, Refused
from territory.enums import ContactKind
from territory.models import Household

LONGEST = 300  # what a call for help keeps of words
SIGN = " / "  # between what was said first and what was added
ADDED = gettext_noop("Call for help, more words: %(who)s. %(words)s")


def help_of_resident(*, client_uuid: UUID, now: datetime, phone: str, place: str, **given: Any) -> HelpRequest:
    """A resident's form; `given` is what else `request_help` takes. Sent again with other words it is never refused.

    The words join the call while it is open, nobody has been sent and it is the same telephone; otherwise they are a
    call of their own, which somebody reads.
    """
    form = {"phone": phone, "place": place, **given}
    with act("command.help.resident", by=SYSTEM):
        try:
            return request_help(client_uuid=client_uuid, source=HelpSource.RESIDENT, by=None, now=now, **form)[0]
        except Refused as refused:
            if refused.code != FieldObjection.DANGER_OTHER_BODY:
                raise
        row = HelpRequest.objects.select_for_update(of=("self",)).get(uuid=client_uuid)
        if _joins(row, now=now, **form):
            return row
        said = repr(sorted((name, str(value)) for name, value in form.items() if name != "many_from_address"))
        own = uuid5(client_uuid, said)
        return request_help(client_uuid=own, source=HelpSource.RESIDENT, by=None, now=now, **form)[0]


def _joins(
    row: HelpRequest,
    *,
    now: datetime,
    phone: str,
    place: str,
    need: str = "",
    persons: int | None = None,
    who: str = "",
    area_code: str = settings.DISTRICT_CODE,
    **_how: Any,
) -> bool:
    if (row.phone, row.area_code) != (phone.strip(), area_code):
        return False
    with translation.override(settings.LANGUAGE_CODE):
        many = gettext("%(count)s persons") % {"count": persons} if persons and persons != row.persons else ""
    known = {row.place, row.who, row.need, *row.need.split(SIGN)}
    added = [part for part in (place.strip(), need.strip(), many, who.strip()) if part and part not in known]
    if not added:
        return True
    whole = SIGN.join([row.need, *added] if row.need else added)
    if row.closed_at or row.assignment_id or len(whole) > LONGEST:
        return False
    row.need = whole
    row.save(update_fields=["need", "updated_at"])
    tell(row, ADDED, SIGN.join(added), None, now)
    return True


def help_of_card(*, household: Household, now: datetime) -> HelpRequest:
    """A household asks for help with the code on its card and no notice waits for its answer.

    While a call of this household is open it is the same call. Whoever answers for its grid owes it at once.
    """
    open_calls = HelpRequest.objects.filter(audience__household=household, exercise=None, closed_at__isnull=True)
    if known := open_calls.order_by("-pk").first():
        return known
    numbers = (_number(household, nth) for nth in count())
    for number in numbers:
        before = HelpRequest.objects.filter(uuid=number).first()
        if before is None:
            break
        if before.closed_at is None:
            return before
    phone = household.contacts.filter(contact_point__kind=ContactKind.MOBILE, contact_point__dead_since=None)
    first = phone.select_related("contact_point").order_by("rank").first()
    with translation.override(settings.LANGUAGE_CODE):
        need = gettext("Asked for help with the code on its card; no notice in force.")
    with act("command.help.card", by=SYSTEM):
        row, is_new = request_help(
            client_uuid=number,
            source=HelpSource.RESIDENT,
            by=None,
            now=now,
            area_code=household.area_code,
            who=household.head_name or household.code,
            phone=first.contact_point.address if first else "",
            persons=household.persons,
            place=household.door,
            need=need,
        )
        nearest = people.one_worker_per_grid([row.area_code], now=now).get(row.area_code)
        if is_new and nearest:
            owe(row, nearest, by=None, now=now)
    return row


def _number(household: Household, nth: int) -> UUID:
    # Two presses at once are one call; nobody outside can work out its page.
    return UUID(bytes=salted_hmac("command.help.card", f"{household.pk}:{nth}", algorithm="sha256").digest()[:16])
