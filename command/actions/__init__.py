"""What the command does."""

from command.actions.timeline import record

__all__ = ["record"]
