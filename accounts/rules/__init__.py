"""Who may do what, how signing in is kept safe, what the menu offers, and how a list of people is read."""

from accounts.rules.capabilities import CAPABILITIES, capabilities_of
from accounts.rules.menu import BOARD, DESK, PHONE_BARS, MenuEntry, phone_bar
from accounts.rules.sheet import COLUMNS, REQUIRED, Fault, PersonRow, Reading, read_people
from accounts.rules.signin import (
    ACTIVATION_LIFE,
    CODE_LIFE,
    CODE_TRIES,
    CODE_WAIT,
    CODES_A_DAY,
    WRONG_CODES_PER_ADDRESS,
    CodeState,
    may_send_code,
    mobile_of,
    session_seconds,
)

__all__ = [
    "ACTIVATION_LIFE",
    "BOARD",
    "CAPABILITIES",
    "CODES_A_DAY",
    "CODE_LIFE",
    "CODE_TRIES",
    "CODE_WAIT",
    "COLUMNS",
    "DESK",
    "PHONE_BARS",
    "REQUIRED",
    "WRONG_CODES_PER_ADDRESS",
    "CodeState",
    "Fault",
    "MenuEntry",
    "PersonRow",
    "Reading",
    "capabilities_of",
    "may_send_code",
    "mobile_of",
    "phone_bar",
    "read_people",
    "session_seconds",
]
