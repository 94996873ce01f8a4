"""News for the floors above, sent inside the transaction that stores it."""

from django.dispatch import Signal

# Replies have been stored. `replies`: list[messaging.models.Reply], each with its delivery where one was matched.
replies_stored = Signal()
