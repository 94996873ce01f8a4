"""What happens elsewhere and concerns the command."""

from command.receivers import calls, dangers, warnings

__all__ = ["calls", "dangers", "warnings"]
