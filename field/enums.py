"""Fixed lists of what comes in from the field."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordKind(models.TextChoices):
    """What a phone may send through its outbox."""

    INSPECTION = "inspection", _("Inspection")
    DOOR_VISIT = "door_visit", _("Door visit")
    DUTY_ANSWER = "duty_answer", _("Answer to a duty")
    DANGER = "danger", _("Report of a danger")
    CLOSURE = "closure", _("Closing or re-opening")
    FIX = "fix", _("Rectification report")
    HOUSEHOLD = "household", _("Household check")
    PATROL_POINT = "patrol_point", _("Check-in on patrol")
    CONTROL = "control", _("Interim measure")


class RoadVerb(models.TextChoices):
    """What is said of a place with water. The depth decides whether water closes it."""

    WATER = "water", _("Water there")
    ASK = "ask", _("Asks to re-open")
    REOPEN = "reopen", _("Re-opens")


class PositionSource(models.TextChoices):
    """Where a position comes from; a browser does not say whether it was made up."""

    DEVICE = "device", _("the phone's own")
    PHOTO = "photo", _("from the photo")
    MAP = "map", _("pointed at on the map")


class Flag(models.TextChoices):
    """What looks odd about a record. Nothing is refused for it: whoever judges the work reads it."""

    NO_POSITION = "no_position", _("recorded without a position")
    IMPRECISE = "imprecise", _("position accurate to more than 100 m only")
    FAR = "far", _("recorded far from the registered place")
    CLOCK_OFF = "clock_off", _("the phone's clock was wrong by more than 5 minutes")
    OLD_PHOTO = "old_photo", _("a photo was taken more than an hour before or after")
    PHOTO_FAR = "photo_far", _("a photo was taken far from the registered place")
    SENT_LATE = "sent_late", _("sent more than a day after it happened")


class Objection(models.TextChoices):
    """Why a record is not taken in. The value is the stable code of the refusal."""

    OTHER_BODY = (
        "conflict_other_body",
        _("Something else is already stored under this number: compare both and send yours as a new record."),
    )
    OTHER_PERSON = "conflict_other_person", _("Another person has sent a record under this number: record it again.")
    DUTY_MOVED = (
        "conflict_duty_moved",
        _("The duty changed before this arrived: compare both, then answer it as it stands now."),
    )
    FINDING_MOVED = (
        "conflict_finding_moved",
        _("The finding changed before this arrived: compare both, then report it as it stands now."),
    )
    NO_DANGER = "no_danger", _("Your role reports no dangers: telephone the duty room.")
    NO_ROAD = (
        "no_road",
        _("This place is not on the register or not yours: report it as a danger, or load the page again."),
    )
    NO_FINDING = "no_finding", _("This finding is not yours to mend: load the page again.")
    NO_HOUSEHOLD = "no_household", _("This household is not on your roll: load the households again.")
    NO_POINT = "no_point", _("This point is on no patrol of yours: load the page again.")
    NOT_ALLOWED = "not_allowed", _("Your role does not allow this any more: tell your sub-district what it says.")
    NO_SITE = "no_site", _("This site is not on the register or not yours: load the sites again.")
    NO_DOOR = "no_door", _("This door is not on a list of yours: load the doors again.")
    NO_DUTY = "no_duty", _("This duty is not yours: load the page again.")
    NO_CHECKLIST = "no_checklist", _("This checklist is not in use for this kind of site: load the sites again.")


class News(models.TextChoices):
    """What a phone is told with its receipt: the record is kept, and something else stands beside it."""

    CLOSED_BEFORE = "closed_before", _("%(who)s closed it at %(at)s already; your depth was added.")
    MEASURED_LATER = (
        "measured_later",
        _("Somebody measured after you: the later depth counts, yours stands in the history."),
    )
    REPORTED_BEFORE = (
        "reported_before",
        _("It was reported mended before and waits for the check: your photos were added to it."),
    )
    CHECKED_LATER = (
        "checked_later",
        _("%(who)s checked this household after you, at %(at)s; yours stands in the history."),
    )
    CHECKED_BEFORE = "checked_before", _("%(who)s has checked in there at %(at)s already; that stands.")
    CONTROLLED_LATER = (
        "controlled_later",
        _("A later measure is in force, kept up by %(who)s since %(at)s; yours stands in the history."),
    )
    HANDED_ON = (
        "handed_on",
        _("This was given to %(who)s at %(at)s, who goes on with it; what you recorded is stored."),
    )
    KEPT = (
        "kept",
        _("Given to another before your report came: it is kept here, and your sub-district deals with it."),
    )
    SUPPLEMENTED = "supplemented", _("Added to what was reported for this place before.")


class RefusedState(models.TextChoices):
    """What became of records that came in and could not be taken in."""

    OPEN = "open", _("Not taken in")
    WAITING = "waiting", _("Photos have not arrived")
    SETTLED = "settled", _("Dealt with")


class Outcome(models.TextChoices):
    """What became of one record of a file that was read in."""

    TAKEN = "taken", _("Taken in")
    ALREADY = "already", _("Already here")
    REFUSED = "refused", _("Not taken in")
    DRAFT = "draft", _("Begun, not finished")


class FileObjection(models.TextChoices):
    """Why a file of unsent work, or a record in it, is not read in."""

    NO_EXPORT = (
        "no_export",
        _("This is no file of unsent work, or it is cut short: save it again on the phone."),
    )
    TOO_LARGE = "export_too_large", _("The file is larger than %(most)s MB: send some of it from the phone first.")
    NO_AUTHOR = "no_author", _("Nobody here has recorded this file: it comes from another platform.")
    AUTHOR_LEFT = "author_left", _("Its author's account is closed: record it for him by hand.")
    NOT_YOURS = "not_yours", _("This is the file of somebody else: he reads it in himself, or his sub-district does.")
    NO_SEAL = (
        "no_seal",
        _("Nothing proves that its author's phone sealed this: he has to sign in and read the file in himself."),
    )
    SEAL_ENDED = (
        "seal_ended",
        _("The phone's permission had ended before this was recorded: its author has to read the file in himself."),
    )
    OUTSIDE = "outside", _("This lies outside the area you answer for: hand the file to the officer there.")
    NO_PHOTO = (
        "photo_not_in_file",
        _("A photo of it is neither in the file nor stored here: send the record from the phone."),
    )
    DRAFT = "draft", _("It was begun and not finished: finish it on the phone.")
    BROKEN = "broken", _("This entry cannot be read: send it from the phone. Fields: %(fields)s")


SETTLE_WANTED = _("Say in a few words what was done about it.")
DEVICE_ENDED = _("This phone's permission to send has ended: sign in again; what waits here stays.")


class LedgerKind(models.TextChoices):
    """What a line of a grid's ledger is."""

    REQUEST = "request", _("Resident's request")
    FINDING = "finding", _("Hazard finding")
    HELP = "help", _("Call for help")
    DANGER = "danger", _("Danger")
