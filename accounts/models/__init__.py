"""People, their roles and contacts, and the small papers of signing in."""

from accounts.models.feedback import Feedback
from accounts.models.person import PersonContact, RoleHeld, User
from accounts.models.signin import ActivationLink, Reveal, SignInCode

__all__ = ["ActivationLink", "Feedback", "PersonContact", "Reveal", "RoleHeld", "SignInCode", "User"]
