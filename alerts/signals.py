"""News for the floors above, sent inside the transaction that stores it."""

from django.dispatch import Signal

# A household asks for help: its first cry, or a new one after the last was closed. `audience`:
# models.AudienceHousehold, `via`: enums.Via, `at`: when it was said, `now`: datetime, `by`: User or None who wrote it
# down, `spoke`: User or None to whom it was said, `text`: str.
help_asked = Signal()

# A telephone that is no household's answers a notice with a cry for help: a subscriber's. `key`: the same for one
# answer; `phone`, `area_code`, `text`, `at`: when it was said, `now`: datetime, `exercise`: UUID or None.
subscriber_cried = Signal()

# A household's cry was closed. `audience`, `note`: what was done, `by`: User, `now`: datetime.
help_closed = Signal()

# An official warning was stored. `warning`: models.ReceivedWarning, `by`: who handed it in, None for a feed, `now`.
warning_received = Signal()
