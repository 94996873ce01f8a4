"""What may be done from the field."""

from field.actions.pack import write_pack

__all__ = ["write_pack"]
