"""Fixed lists of dangerous places."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duty of this app is called; rules know no gettext, so the word is marked here.
DUTY_LABEL = gettext_noop("Re-inspection")


class SiteKind(models.TextChoices):
    """The six kinds of dangerous place the district counts."""

    RIVER = "river", _("River reach")
    UNDERPASS = "underpass", _("Underpass culvert")
    UG_MALL = "ug_mall", _("Underground mall")
    UG_PARKING = "ug_parking", _("Underground car park")
    GEO_HAZARD = "geo_hazard", _("Geological hazard point")
    WATERLOG_POINT = "waterlog_point", _("Waterlogging point")


class SiteRole(models.TextChoices):
    """The three responsible persons of a site."""

    ADMIN_RESP = "admin_resp", _("Administrative responsibility")
    TECH_RESP = "tech_resp", _("Technical responsibility")
    PATROL_RESP = "patrol_resp", _("Patrol responsibility")


class ItemResult(models.TextChoices):
    """The answer to one item of a checklist."""

    PASS = "pass", _("Passed")
    FAIL = "fail", _("Failed")
    NOT_APPLICABLE = "na", _("Not applicable")


class SiteState(models.TextChoices):
    """What the newest inspection says of a site."""

    UNPLACED = "unplaced", _("Position missing")
    UNINSPECTED = "uninspected", _("Not inspected")
    FINE = "fine", _("Passed inspection")
    DEFECTIVE = "defective", _("Has findings")


class Trigger(models.TextChoices):
    """What opened a round."""

    PERSON = "person", _("Opened by a person")
    SEASON = "season", _("Opened by the season calendar")
    RESPONSE = "response", _("Opened by a response level")


class MemberState(models.TextChoices):
    """Where one member of a round stands."""

    MISSING = "missing", _("Not inspected yet")
    WAITING = "waiting", _("Waiting for verification")
    DONE = "done", _("Verified")


class DutyKind(models.TextChoices):
    """The kinds of duty that this app gives; the label is the one shown in lists of duties."""

    REINSPECTION = "reinspection", _("Re-inspection")


class Objection(models.TextChoices):
    """Why the platform refuses. The value is the stable code of the refusal."""

    STRANGE_ITEM = "strange_item", _("Item %(item)s is not on this checklist: load the checklist again.")
    ANSWERED_TWICE = "answered_twice", _("“%(item)s” is answered twice: give one answer.")
    STRANGE_RESULT = "strange_result", _("“%(item)s”: choose passed, failed or not applicable.")
    UNANSWERED = "unanswered", _("“%(item)s” is not answered: choose passed, failed or not applicable.")
    STRANGE_HASH = "strange_hash", _("A photo is named by the 64 small hexadecimal digits of its SHA-256.")
    PHOTO_WANTED = "photo_wanted", _("“%(item)s” failed: add a photo of it.")
    STRANGE_POSITION = "strange_position", _("The position must be longitude and latitude in degrees: locate again.")
    NO_CHECKLIST = "no_checklist", _("There is no published checklist for this kind: publish one first.")
    OTHER_BODY = (
        "conflict_other_body",
        _("Another inspection was already stored under this number: send yours under a new one."),
    )
    OWN_INSPECTION = "own_inspection", _("Another person than the inspector must verify the inspection.")
    PHOTOS_MISSING = "photos_missing", _("Photos are still on their way: verify when they have arrived.")
    ALREADY_JUDGED = "conflict_already_judged", _("This inspection has already been verified or sent back.")
    OUTSIDE = "outside_area", _("This place lies outside the area you answer for.")
    REASON_WANTED = "reason_wanted", _("Please say why.")
    SITE_CHANGED = (
        "conflict_site_changed",
        _("Somebody else changed this site meanwhile: compare both versions below and save again."),
    )
    SITE_RETIRED = "site_retired", _("This site has left the register.")
    CODE_TAKEN = "conflict_code_taken", _("Another site has the code %(code)s: choose another code.")
    NO_SITES = "no_sites", _("There is no site in this area: register sites first or choose another area.")
    DUE_PAST = "due_past", _("The due time is already over: choose a later one.")
    ROUND_CLOSED = "conflict_round_closed", _("This round is closed.")
    REASONS_MISSING = "reasons_missing", _("%(count)s sites are not verified: give a reason for each (next: %(site)s).")
    EMPTY_CHECKLIST = "empty_checklist", _("A checklist needs at least one item.")
