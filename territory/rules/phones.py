"""Telephone numbers as sheets carry them, and the one form in which they are stored: E.164."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

REGION = "CN"
_MOBILE = re.compile(r"\+861[3-9]\d{9}")
# What stands between two numbers in one cell. A single space or dash belongs to a number and parts nothing.
_BETWEEN = re.compile(r"[/;,、；，\n|]+|(?<=\d)\s+(?=\+?\d{7,})")


@lru_cache(maxsize=4096)
def normalised_phone(text: str) -> str | None:
    """E.164 of one number written in the Chinese manner (mobile, or landline with its area code), else None."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), REGION)
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # New mobile ranges open faster than the library's metadata follows.
    return written if phonenumbers.is_valid_number(number) or is_mobile(written) else None


def is_mobile(phone: str) -> bool:
    """True for a mobile number in E.164; a landline takes no SMS."""
    return _MOBILE.fullmatch(phone) is not None


def phones_in(cell: str) -> tuple[list[str], list[str]]:
    """The numbers of one cell in their order, each once, and the pieces that are no number."""
    good: list[str] = []
    bad: list[str] = []
    for piece in _BETWEEN.split(unicodedata.normalize("NFKC", cell)):
        if not (text := piece.strip()):
            continue
        phone = normalised_phone(text)
        if phone is None:
            bad.append(text)
        elif phone not in good:
            good.append(phone)
    return good, bad
