"""What phones have sent, and which phones may send."""

from field.models.brought import FileReadIn
from field.models.device import DeviceToken
from field.models.record import SealedRecord

__all__ = ["DeviceToken", "FileReadIn", "SealedRecord"]
