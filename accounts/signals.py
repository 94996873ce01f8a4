"""What higher floors may want to hear from here."""

from django.dispatch import Signal

# Sent inside the transaction of a replacement, so that open duties move with it or not at all.
# Arguments: `leaver: User`, `successor: User`, `area_code: str`, `role: str`, `by: User`, `now: datetime`.
person_replaced = Signal()
