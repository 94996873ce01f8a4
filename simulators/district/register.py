"""What the demo district's SMS provider has reviewed: the storm set on the one account that there is."""

from datetime import datetime, timedelta

from django.conf import settings

from core.rules import SYSTEM
from messaging import actions, queries
from messaging.enums import Channel, ReviewState
from messaging.models import ProviderSignature, ProviderTemplate

FILED_BEFORE, DECIDED_BEFORE = timedelta(days=60), timedelta(days=57)


def load(*, now: datetime) -> tuple[int, int]:
    """Files and approves what is not in the register yet; (how many are new, how many there are)."""
    account = queries.accounts(Channel.SMS)[0]
    known = set(ProviderTemplate.objects.filter(account=account.name).values_list("purpose", flat=True))
    storm_set = [one for one in queries.purposes().values() if one.in_storm_set and one.texts]
    fresh = [one for one in storm_set if one.key not in known]
    for number, purpose in enumerate(fresh, start=1):
        row = actions.file_template(
            account=account.name,
            kind=Channel.SMS,
            purpose=purpose.key,
            language=settings.LANGUAGE_CODE,
            text=purpose.texts[settings.LANGUAGE_CODE],
            by=SYSTEM,
            now=now - FILED_BEFORE,
        )
        code = f"DEMO_{number + len(known):04}"
        actions.decide_template(template=row, approved=True, code=code, by=SYSTEM, now=now - DECIDED_BEFORE)
    if account.signature and not ProviderSignature.objects.filter(account=account.name).exists():
        actions.decide_signature(
            account=account.name,
            text=account.signature,
            state=ReviewState.APPROVED,
            by=SYSTEM,
            now=now - DECIDED_BEFORE,
        )
    return len(fresh), len(storm_set)
