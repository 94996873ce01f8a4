"""The doors of signing in, of one's own page, and of the people of an area."""

from accounts.views.sign_in import locked_out

__all__ = ["locked_out"]
