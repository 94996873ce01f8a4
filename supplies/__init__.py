"""Stores, lots and the movement ledger. Opened by a later landing; the floor is kept."""
