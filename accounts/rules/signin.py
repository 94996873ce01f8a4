"""How signing in is kept safe without keeping people out in the rain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import Role
from territory.rules import is_mobile, normalised_phone

CODE_LIFE = timedelta(minutes=10)
CODE_WAIT = timedelta(seconds=60)  # between two codes to one phone
CODE_TRIES = 5
CODES_A_DAY = 10  # or a stranger could have somebody's phone ring all night
# In a quarter of an hour. One guess each at many phones is guessing too; fewer would shut out the workers who share
# one address of their mobile network.
WRONG_CODES_PER_ADDRESS = 60
ACTIVATION_LIFE = timedelta(days=7)

# Whoever works with a telephone in the rain signs in once and stays in; a desk is shared, so it asks more often.
FIELD_ROLES = frozenset({Role.GRID_WORKER, Role.STOREKEEPER, Role.SITE_KEEPER})
FIELD_SECONDS = 30 * 24 * 3600
SETUP_SECONDS = 12 * 3600


@dataclass(frozen=True)
class CodeState:
    """One code sent before: when."""

    sent_at: datetime


def mobile_of(text: str) -> str | None:
    """A Chinese mobile number in any usual writing as E.164 (+86…), else None: a landline takes no code."""
    phone = normalised_phone(text)
    return phone if phone and is_mobile(phone) else None


def may_send_code(sent: Sequence[CodeState], *, now: datetime) -> bool:
    """True when no code went in the last minute and not too many in the last day. `sent` is in any order."""
    recent = [code for code in sent if now - code.sent_at < timedelta(days=1)]
    return len(recent) < CODES_A_DAY and all(now - code.sent_at >= CODE_WAIT for code in recent)


def session_seconds(roles: Iterable[str]) -> int | None:
    """How long a sign-in holds: a month for field roles alone, half a day for set-up; None: the platform's default."""
    held = {Role(role) for role in roles}
    if Role.ADMINISTRATOR in held:
        return SETUP_SECONDS
    return FIELD_SECONDS if held and held <= FIELD_ROLES else None
