"""求助 by residents themselves, with no notice that asked them."""

from datetime import datetime
from itertools import count
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from accounts import queries as people
from command.actions.help import owe, request_help
from command.enums.dangers import HelpSource
from command.models import HelpRequest
from core.audit import act
from core.rules import SYSTEM
from territory.enums import ContactKind
from territory.models import Household


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
