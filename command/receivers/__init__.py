"""What happens elsewhere and concerns the command."""

from command.receivers import dangers

__all__ = ["dangers"]

from command.receivers import calls

__all__ = ["calls"]
