"""Sealing a short secret that must be kept in a row and read again, such as the address of a group robot.

Fernet (AES-128-CBC with HMAC-SHA-256), its key derived from the installation's secret by HKDF (RFC 5869): whoever reads
the database or a copy of it without the environment reads nothing.
"""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(text: str, secrets: Sequence[str]) -> str:
    """`text` sealed with the first secret."""
    return _fernet(secrets).encrypt(text.encode()).decode()


def unsealed(sealed: str, secrets: Sequence[str]) -> str:
    """The text again, whichever of the secrets sealed it; empty when none of them did or it was touched."""
    try:
        return _fernet(secrets).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _fernet(secrets: Sequence[str]) -> MultiFernet:
    keys = (
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"weidong_ops.sealing").derive(secret.encode())
        for secret in secrets
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
