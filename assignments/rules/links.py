"""Task links: who holds one may answer for its duty."""

import base64
import hashlib
import hmac

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def link_token(number: int, nonce: str, *, secret: str) -> str:
    """The last part of a task link: the duty's number in base 36, a hyphen, 22 characters nobody can guess."""
    return f"{_base36(number)}-{_signature(number, nonce, secret)}"


def number_in(token: str) -> int | None:
    """The number that a token claims, not yet checked; None when it has not the form of one."""
    head, hyphen, tail = token.partition("-")
    well_formed = hyphen and len(tail) == 22 and 0 < len(head) <= 12 and all(digit in _DIGITS for digit in head)
    return int(head, 36) if well_formed else None


def is_genuine(token: str, number: int, nonce: str, *, secret: str) -> bool:
    """True when the token was made for this duty under its present nonce; an empty nonce revokes every token."""
    return bool(nonce) and hmac.compare_digest(token.encode(), link_token(number, nonce, secret=secret).encode())


def _signature(number: int, nonce: str, secret: str) -> str:
    mac = hmac.new(f"assignments.link:{secret}".encode(), f"{number}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:16]).decode().rstrip("=")


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
