"""What happens elsewhere and concerns the command."""

from command.receivers import calls, dangers, subscribers, warnings

__all__ = ["calls", "dangers", "subscribers", "warnings"]
