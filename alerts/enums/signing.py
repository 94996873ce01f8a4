"""Fixed lists of signing: the ways a signature is given, and what became of a call to the signer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# What the duties are called; rules know no gettext, so the words are marked here.
COUNTERSIGN_LABEL = gettext_noop("Countersign a word of mouth")
AUTHORISED_USE_LABEL = gettext_noop("Your authorisation was used")
ALL_CLEAR_LABEL = gettext_noop("A notice is over without an all-clear")


class Way(models.TextChoices):
    """How a notice was signed. The signer is another than author, editor and submitter in every one of them."""

    PAGE = "page", _("on the page")
    CALL = "call", _("in a call-back, with his code")
    SMS = "sms", _("by SMS reply, with his code")
    ORAL = "oral", _("by word of mouth")
    AUTHORISED = "authorised", _("by his authorisation")


class CallOutcome(models.TextChoices):
    """What became of a call to the signer; empty while it is open."""

    SIGNED = "signed", pgettext_lazy("call-back", "Signed")
    RETURNED = "returned", pgettext_lazy("call-back", "Sent back")
    LOCKED = "locked", _("Code locked after three wrong tries")
    REFUSED = "refused", pgettext_lazy("call-back", "Agreed, but it could not go out")
    REPLACED = "replaced", _("Called again")
    OVER = "over", pgettext_lazy("call-back", "No answer in time")


class SigningObjection(models.TextChoices):
    """Why a notice cannot be signed this way: a stable code, and the sentence that names the mend."""

    SIGNER = "signing.signer", _("Choose somebody who may sign this notice and neither wrote nor submitted it.")
    SELF = "signing.self", _("The one who signs does not call himself: another person on duty asks him.")
    NO_PHONE = (
        "signing.no_phone",
        _("%(name)s has no verified telephone: he signs in once with a code sent to it, or signs on the page."),
    )
    NO_CODE = "signing.no_code", _("%(name)s has set no signing code: he signs on the page or by word of mouth.")
    LOCKED = "signing.locked", _("The signing code of %(name)s is locked: he sets a new one, or signs on the page.")
    BUSY = "signing.busy", _("%(name)s is just being asked about another notice: wait for his answer.")
    CODE_FORM = "signing.code_form", _("Enter six digits.")
    CODE_AGAIN = "signing.code_again", _("The two codes differ: enter the same one twice.")
    CODE_WEAK = "signing.code_weak", _("This code is easily guessed: no run, no repetition, no part of your number.")
    PASSWORD = "signing.password", _("The sign-in password is not right.")
    OWN_PHONE = (
        "signing.own_phone",
        _("Your telephone is not verified: sign in once with a code sent to it, then set this."),
    )
    ON_DUTY = (
        "signing.on_duty",
        _("Only those on duty by the roster record a word of mouth: enter the stand-in there first."),
    )
    WITNESS = (
        "signing.witness",
        _("A second person on duty confirms it: not the signer, and not the one who recorded it."),
    )
    WORDS = "signing.words", _("Write how the word was given and what was said.")
    IN_FUTURE = "signing.in_future", _("The time lies in the future: enter when it was said.")
    TOO_OLD = "signing.too_old", _("This was said before the notice was submitted: ask him again.")
    OPEN_WORD = "conflict.open_word", _("A word of mouth is recorded already and waits for the second person.")
    NO_WORD = "conflict.no_word", _("This word of mouth was confirmed or dropped meanwhile.")
    NOT_SIGNER = "signing.not_signer", _("Only the person whose word was taken countersigns it.")
    DONE = "conflict.countersigned", _("This was countersigned already.")


class AuthorisationObjection(models.TextChoices):
    """Why an authorisation cannot be signed or used: a stable code, and the sentence that names the mend."""

    NOT_ALLOWED = "authorisation.not_allowed", _("Your role does not allow this for this area.")
    SAME_PERSON = (
        "authorisation.same_person",
        _("Who prepared it cannot sign it, and the signer does not press it himself."),
    )
    AREA = "authorisation.area", _("Choose one area of your own.")
    DATES = "authorisation.dates", _("The last day lies before the first: enter a later one.")
    WORDS = "authorisation.words", _("Fill in the headline, what to beware of, what to do and the issuer.")
    STATE = (
        "conflict.authorisation",
        _("This authorisation was signed or revoked meanwhile: the page shows how it stands."),
    )
    REASON = "authorisation.reason", _("Say in a few words why.")
    NOT_IN_FORCE = "authorisation.not_in_force", _("This authorisation does not hold now: have the notice signed.")
    TRIGGER = "authorisation.trigger", _("No official warning in force has the event and level of this authorisation.")
    USED = (
        "conflict.authorisation_used",
        _("It was used for this warning already, or its notice still holds: correct that notice if anything changed."),
    )
    OWN_WARNING = (
        "authorisation.own_warning",
        _("You took this warning in yourself: another person on duty checks it and presses, or the notice is signed."),
    )
    SIGNER_GONE = "authorisation.signer_gone", _("Its signer may sign here no more: have the notice signed by another.")
