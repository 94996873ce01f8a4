"""What may be done from the field."""

from field.actions.devices import end_device, issue_device
from field.actions.files import read_in
from field.actions.intake import Taken, photo_came, take_in
from field.actions.pack import write_pack
from field.actions.refused import settle_record

__all__ = [
    "Taken",
    "end_device",
    "issue_device",
    "photo_came",
    "read_in",
    "settle_record",
    "take_in",
    "write_pack",
]
