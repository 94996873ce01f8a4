"""What is done with the roster, with presence, handover and the log."""

from dutyroster.actions.log import correct, follow_up, note

__all__ = [
    "correct",
    "follow_up",
    "note",
]
