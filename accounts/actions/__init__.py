"""What is done about people: import, activation, signing in, roles, reveals."""

from accounts.actions.feedback import give_feedback
from accounts.actions.people_import import check_people, store_people
from accounts.actions.retention import forget_codes
from accounts.actions.reveals import Revealed, reveal
from accounts.actions.roles import add_person, end_role, hold_role, replace_person
from accounts.actions.signin import (
    activate,
    change_password,
    issue_activation,
    issue_token,
    request_sign_in_code,
    send_activation,
    sign_in_with_code,
)

__all__ = [
    "Revealed",
    "activate",
    "add_person",
    "change_password",
    "check_people",
    "end_role",
    "forget_codes",
    "give_feedback",
    "hold_role",
    "issue_activation",
    "issue_token",
    "replace_person",
    "request_sign_in_code",
    "reveal",
    "send_activation",
    "sign_in_with_code",
    "store_people",
]
