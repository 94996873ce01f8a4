"""Codes in answers: who answers with a secret of six digits must not leave it readable in what is kept.

A code stands alone or behind the key that goes before it ("1 204816", "1204816#"). In its place a digest is kept that
holds the sender's number too, so that the same code of two people does not look the same.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

CODE_DIGITS = 6
_LONGEST = 400  # characters kept of what is said behind a code
_CODED = re.compile(rf"^\s*([12]?)[\s#*,.、。:\-]*([0-9]{{{CODE_DIGITS}}})(?![0-9])[\s#*,.、。:]*(.*)$", re.DOTALL)
_BRACKETS = str.maketrans("⟦⟧", "[]")  # ours alone: a digest that somebody typed is not a code
_HIDDEN = re.compile(r"^([12]?) ?⟦([0-9a-f]{32})⟧ ?(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Coded:
    """An answer whose code is hidden: the key before it (may be empty), the code's digest, the words behind it."""

    key: str
    digest: str
    words: str


def code_digest(number: str, code: str, *, secret: str) -> str:
    """What is kept of a code: 32 hex digits that only this installation can make, different for each number."""
    told = f"messaging.code:{number}:{code}".encode()
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()[:32]


def without_code(number: str, text: str, *, secret: str) -> str:
    """The answer of `number` as it may be kept: without our brackets, and else unchanged, where it holds no code."""
    text = text.translate(_BRACKETS)
    found = _CODED.match(unicodedata.normalize("NFKC", text))
    if found is None:
        return text
    key, code, words = found.groups()
    return f"{key} ⟦{code_digest(number, code, secret=secret)}⟧ {words[:_LONGEST]}".strip()


def coded(text: str) -> Coded | None:
    """An answer as `without_code` keeps it; None where it holds no code."""
    found = _HIDDEN.match(text)
    return Coded(found[1], found[2], found[3].strip()) if found else None
