"""Fixed lists of dangers, calls for help and closed places."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duties are called; rules know no gettext, so the words are marked here.
DANGER_LABEL = gettext_noop("Deal with a danger")
DANGER_RECEIPT_LABEL = gettext_noop("Read a danger report")
HELP_LABEL = gettext_noop("Help somebody")
CLOSURE_LABEL = gettext_noop("Take note of a closure")


class DangerKind(models.TextChoices):
    """What threatens."""

    PIPING = "piping", _("Piping at a dike")
    OVERTOPPING = "overtopping", _("Overtopping")
    WATERLOGGING = "waterlogging", _("Waterlogging")
    LANDSLIDE = "landslide", _("Landslide")
    POWER_CUT = "power_cut", _("Power cut")
    TRAPPED = "trapped", _("People trapped")
    OTHER = "other", _("Other danger")


class DangerSource(models.TextChoices):
    """How a danger became known."""

    DESK = "desk", _("At the desk")
    PHONE = "phone", _("By telephone")
    TASK_LINK = "task_link", _("By task link")
    FIELD = "field", _("From the field")
    RESIDENT = "resident", _("From a resident")


class DangerStep(models.TextChoices):
    """The clocks of a danger, in their order."""

    FOUND = "found", _("Finding")
    REPORTED = "reported", _("Danger report")
    ACKNOWLEDGED = "acknowledged", _("Receipt of it")
    DISPATCHED = "dispatched", _("Dispatch")
    ON_SCENE = "on_scene", _("Arrival")
    CONTROLLED = "controlled", _("Bringing under control")
    CLOSED = "closed", _("Closing")


class DangerState(models.TextChoices):
    """The last clock that stopped, as lists say it."""

    NEW = "new", _("Waiting for receipt")
    ACKNOWLEDGED = "acknowledged", _("Danger acknowledged")
    DISPATCHED = "dispatched", _("Somebody sent")
    ON_SCENE = "on_scene", _("On scene")
    CONTROLLED = "controlled", _("Under control")
    CLOSED = "closed", _("Danger closed")
    DUPLICATE = "duplicate", _("Reported twice")


class DangerVerb(models.TextChoices):
    """What can happen to a danger."""

    REPORT = "report", _("reported the danger")
    ACKNOWLEDGE = "acknowledge", _("acknowledged the danger")
    DISPATCH = "dispatch", _("sent somebody")
    ARRIVE = "arrive", _("is on scene")
    CONTROL = "control", _("has it under control")
    CLOSE = "close", _("closed the danger")
    MERGE = "merge", _("found it reported twice")
    NOTE = "note", _("added")


class HelpSource(models.TextChoices):
    """How somebody asked for help."""

    DESK = "desk", _("At the desk")
    PHONE = "phone", _("By telephone")
    ANSWER = "answer", _("By answer to a notice")
    DOOR = "door", _("At the door")
    RESIDENT = "resident", _("From a resident")


class HelpOutcome(models.TextChoices):
    """How a call for help ended."""

    HELPED = "helped", _("Helped on the spot")
    MOVED = "moved", _("Moved to safety")
    HOSPITAL = "hospital", _("Taken to hospital")
    PASSED_ON = "passed_on", _("Passed on to 119/120/110")
    NO_NEED = "no_need", _("No help needed any more")


class HelpState(models.TextChoices):
    """Where a call for help stands."""

    ALONE = "alone", _("No helper yet")
    NAMED = "named", _("Helper named")
    SPOKEN = "spoken", _("Spoken with")
    CLOSED = "closed", _("Help closed")


class RoadState(models.TextChoices):
    """The state of a place that water may close."""

    NORMAL = "normal", _("Road normal")
    SLOW = "slow", _("Water, drive slowly")
    CLOSED = "closed", _("Closed to traffic")
    REOPENING = "reopening", _("Waiting to be re-opened")
    REOPENED = "reopened", _("Re-opened")


class ClosureMeans(models.TextChoices):
    """What keeps people out."""

    BARRIER = "barrier", _("Gate or barrier")
    WATER_BARRIER = "water_barrier", _("Water-filled barrier")
    PERSON = "person", _("A person stands there")
    TAPE = "tape", _("Tape or cones")
    NONE = "none", _("Nothing yet")


class ClosureVerb(models.TextChoices):
    """What can happen to a closure."""

    WATER = "water", _("reported water")
    CLOSE = "close", _("closed the road")
    DEPTH = "depth", _("measured again")
    ASK = "ask", _("asked to re-open")
    TICK = "tick", _("ticked")
    UNTICK = "untick", _("took a tick back")
    REOPEN = "reopen", _("re-opened")
    NOTE = "note", _("added")


class FieldObjection(models.TextChoices):
    """Why something cannot be done with a danger, a call for help or a closure: stable code, sentence with the mend."""

    DANGER_OTHER_BODY = (
        "conflict.danger_other_body",
        _("Another danger was already stored under this number: send yours under a new one."),
    )
    DANGER_CLOSED = "conflict.danger_closed", _("This danger is closed: report a new one if it comes back.")
    DANGER_DONE = "conflict.danger_done", _("This was recorded before: the page shows the present state.")
    DESCRIPTION_WANTED = "danger.description_wanted", _("Say what you see, or choose the kind of danger.")
    PLACE_WANTED = "danger.place_wanted", _("Say where: take the position, choose the site or write the place.")
    IN_FUTURE = "danger.in_future", _("The time lies in the future: enter when it happened.")
    BEFORE_FOUND = "danger.before_found", _("The time lies before the danger was found: enter a later one.")
    REASON = "danger.reason_wanted", _("Say in a few words how it ended.")
    OTHER_DANGER = "danger.other_danger", _("Choose the other danger that reports the same: an open one of this area.")
    OUTSIDE = "danger.outside_area", _("This place lies outside the area you answer for.")
    WHO_WANTED = "help.who_wanted", _("Say who asks for help or where: a name, a telephone number or a place.")
    HELP_CLOSED = "conflict.help_closed", _("This call for help is closed: nothing more is to be recorded.")
    NOT_SPOKEN = "help.not_spoken", _("Nobody has spoken with them yet: speak first, record it, then close.")
    OUTCOME = "help.outcome_wanted", _("Choose how it ended.")
    CLOSURE_OTHER_BODY = (
        "conflict.closure_other_body",
        _("Another report was already stored under this number: send yours under a new one."),
    )
    REOPENED = "conflict.reopened", _("This place is open again: report water anew if it comes back.")
    MEASURED_LATER = (
        "conflict.measured_later",
        _("Somebody measured deeper water after this: look at it again and report it as it is now."),
    )
    TWO_PERSONS = "closure.two_persons", _("Another person than the one who closed it or asked must re-open it.")
    TOO_DEEP = (
        "closure.too_deep",
        _("The last measured depth is %(depth)s cm, the limit %(limit)s cm: measure again before re-opening."),
    )
    DEPTH = "closure.depth", _("Give the depth of water in whole centimetres, 0 to 500.")
    REOPEN_REASON = "closure.reason_wanted", _("Choose why the place may be opened.")
    MEASURE = "closure.measure_first", _("Measure the water now: give its depth in whole centimetres.")
    TICKED = "conflict.ticked", _("This was ticked before: the page shows by whom and when.")
    BEFORE_WATER = "closure.before_water", _("The time lies before the water was found: enter a later one.")
    LIMITS = "closure.limits", _("A place opens at no greater depth than it closes at: correct the figures.")
    PARTNER = "closure.partner", _("Choose a person, or give a name and a mobile number.")
    NO_SPACES = "underground.none", _("No underground space is registered in this area: choose another one.")
    CLOSING_ALREADY = (
        "conflict.closing_already",
        _("Every underground space of this area is being closed already: the list below shows how far they are."),
    )
    CALL_ENDED = "conflict.underground_ended", _("This closing has ended: nothing more is to be ticked.")
    NOT_TICKED = "conflict.not_ticked", _("Nothing is ticked here: the page shows the present state.")
    BACK_REASON = "closing.back_reason", _("Choose why the tick does not hold.")
    ENDED_BY_ANOTHER = (
        "underground.two_persons",
        _("Another person than the one who opened this closing must end it: people go down again."),
    )
    NO_STEP = "underground.step", _("Choose one of the five ticks.")
    NOT_CLOSED = "conflict.not_closed", _("This place is not closed: nothing is to be re-opened.")
