"""News for the floors above, sent inside the transaction that stores it."""

from django.dispatch import Signal

# Goods left a store, arrived, or a difference was settled. `verb`: "depart", "arrive" or "settle", `transfer`:
# models.Transfer in its new state, `by`: User or None (a receiver without an account), `now`: datetime.
transfer_changed = Signal()
