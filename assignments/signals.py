"""News for the floors above, sent inside the transaction that stores it."""

from django.dispatch import Signal

# Something was done with a duty. `verb`: enums.Verb, `assignment`: models.Assignment in its new state, `now`: datetime,
# `by`: User or None; where people spoke, `means`: enums.Means. Sent once per duty, not for reminders.
assignment_changed = Signal()
