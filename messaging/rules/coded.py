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
_BETWEEN = r"[\s#*,.、。:;/\-+()\"'“”‘’]"  # what people put around a key and a code
_CODED = re.compile(
    rf"^{_BETWEEN}*([12]?){_BETWEEN}*([0-9]{{{CODE_DIGITS}}})(?![0-9]){_BETWEEN}*(.*)$",
    re.DOTALL,
)
_LONE = re.compile(rf"(?<![0-9])[12]?([0-9]{{{CODE_DIGITS}}})(?![0-9])")
_KEYED = re.compile(rf"^{_BETWEEN}*([12]){_BETWEEN}+")
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


def may_hold_code(text: str) -> bool:
    """Whether six digits stand in an answer at all: only then it matters whether its sender was asked for a code."""
    return bool(_LONE.search(unicodedata.normalize("NFKC", text)))


def without_code(number: str, text: str, *, secret: str, is_asked: bool = False) -> str:
    """The answer of `number` as it may be kept: without our brackets, and else unchanged, where it holds no code.

    Of a sender who `is_asked` for his code, six digits are it wherever they stand ("同意 204816"), once or oftener.
    """
    text = text.translate(_BRACKETS)
    plain = unicodedata.normalize("NFKC", text)
    if found := _CODED.match(plain):
        key, code, words = found.groups()
    elif is_asked and (lone := _LONE.search(plain)):
        code, words = lone[1], f"{plain[: lone.start()].rstrip()} {plain[lone.end() :].lstrip()}"
        keyed = _KEYED.match(words)
        key, words = (keyed[1], words[keyed.end() :]) if keyed else ("", words)
    else:
        return text
    if is_asked:
        words = _LONE.sub("*" * CODE_DIGITS, words)
    return f"{key} ⟦{code_digest(number, code, secret=secret)}⟧ {words.strip()[:_LONGEST]}".strip()


def coded(text: str) -> Coded | None:
    """An answer as `without_code` keeps it; None where it holds no code."""
    found = _HIDDEN.match(text)
    return Coded(found[1], found[2], found[3].strip()) if found else None
