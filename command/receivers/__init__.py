"""What happens elsewhere and concerns the command."""

from command.receivers import calls, dangers

__all__ = ["calls", "dangers"]
