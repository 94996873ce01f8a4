"""Fixed lists of what comes in from the field."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordKind(models.TextChoices):
    """What a phone may send through its outbox."""

    INSPECTION = "inspection", _("Inspection")
    DOOR_VISIT = "door_visit", _("Door visit")
    DUTY_ANSWER = "duty_answer", _("Answer to a duty")


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
    NO_SITE = "no_site", _("This site is not on the register or not yours: load the sites again.")
    NO_DOOR = "no_door", _("This door is not on a list of yours: load the doors again.")
    NO_DUTY = "no_duty", _("This duty is not yours: load the page again.")
    NO_CHECKLIST = "no_checklist", _("This checklist is not in use for this kind of site: load the sites again.")


DEVICE_ENDED = _("This phone's permission to send has ended: sign in again; what waits here stays.")


class LedgerKind(models.TextChoices):
    """What a line of a grid's ledger is."""

    REQUEST = "request", _("Resident's request")
    FINDING = "finding", _("Hazard finding")
    HELP = "help", _("Call for help")
    DANGER = "danger", _("Danger")
