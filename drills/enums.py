"""Fixed lists of drills."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

DRILL_DUTY_LABEL = gettext_noop("Exercise duty")
IMPROVEMENT_LABEL = gettext_noop("Improvement item")


class PlanState(models.TextChoices):
    """How far a plan is."""

    DRAFT = "draft", _("Being written")
    READY = "ready", _("Ready to run")


class InjectKind(models.TextChoices):
    """What an inject does when it falls due."""

    MESSAGE = "message", _("Message")
    DUTY = "duty", _("Duty")
    DANGER = "danger", _("Danger")
    HELP = "help", _("Call for help")
    LEVEL = "level", _("Response level")
    PAPER = "paper", _("Incoming paper")


class Receiver(models.TextChoices):
    """Who gets an inject, always among those who take part."""

    ROLE = "role", _("Everybody of a role")
    ON_DUTY = "on_duty", _("Whoever is on duty")
    PERSON = "person", _("One person")
    NOBODY = "nobody", _("The controller alone")


class RunVerb(models.TextChoices):
    """What a controller does with the clock."""

    START = "start", _("Start")
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Go on")
    SKEW = "skew", _("Put the clock forward")
    STOP = "stop", _("Stop the drill")


class ClockState(models.TextChoices):
    """Where the exercise clock stands."""

    WAITING = "waiting", _("Not started")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")


class Decision(models.TextChoices):
    """What becomes of an inject at a moment."""

    WAIT = "wait", _("Waits")
    FIRE = "fire", _("Goes out")
    ASK = "ask", _("Asks the controller")


class Outcome(models.TextChoices):
    """How an expectation was met."""

    MET = "met", _("In time")
    LATE = "late", _("Too late")
    MISSED = "missed", _("Not done")
    OPEN = "open", _("Still has time")


class FindingKind(models.TextChoices):
    """What an observer wrote down."""

    GOOD = "good", _("Went well")
    MEND = "mend", _("To be improved")


class Objection(models.TextChoices):
    """Why something cannot be done with a drill: a stable code, and the sentence that names the mend."""

    NOT_RUNNING = "conflict.not_running", _("The clock does not run: start the drill, or go on.")
    RUNNING = "conflict.running", _("The clock runs already.")
    STOPPED = "conflict.stopped", _("This drill has been stopped: make a new run of the plan.")
    FORWARD = "drill.forward", _("The clock goes forward only, by 1 to 600 minutes. To wait, pause the drill.")
    PLAN_RAN = "conflict.plan_ran", _("This plan has been run, so it stays as it was: copy it and change the copy.")
    NOT_READY = "conflict.not_ready", _("The plan is still being written: finish it first.")
    NO_INJECTS = "drill.no_injects", _("The plan has no inject: add one, or import the exercise plan sheet.")
    NOBODY = "drill.nobody", _("Nobody takes part: choose at least one person with a telephone.")
    FIRED = "conflict.fired", _("This inject has gone out or was skipped already.")
    NO_RECEIVER = "drill.no_receiver", _("Nobody who takes part fits the receiver of this inject.")
    NO_FINDING = "drill.no_finding", _("Write down what was seen.")
    NO_PERSON = "drill.no_person", _("Choose who sees to it, and by when.")
    ITEM_GIVEN = "conflict.item_given", _("Somebody has been told to see to this already.")
    GOOD_FINDING = "drill.good_finding", _("What went well needs no improvement.")


class SheetFault(models.TextChoices):
    """What can be wrong in a cell of the exercise plan sheet. The label is what people read: it names the mend."""

    NUMBER_WRONG = "number_wrong", _("The number is no whole number from 1 to 999. Correct it.")
    NUMBER_TWICE = "number_twice", _("Row %(row)s has the same number. Give each inject its own.")
    TIME_WRONG = "time_wrong", _("This is no time. Write minutes from the start as 25, or hours and minutes as 0:25.")
    KIND_UNKNOWN = "kind_unknown", _("There is no such kind. Write 信息, 任务, 险情, 求助, 响应 or 来文.")
    TITLE_MISSING = "title_missing", _("The title is missing. Say in a few words what happens.")
    TITLE_LONG = "title_long", _("The title has more than 80 characters. Shorten it.")
    RECEIVER_UNKNOWN = (
        "receiver_unknown",
        _("There is no such receiver. Write a role such as 街道值班员, 在岗值班员, 导调员, or a person's name."),
    )
    PERSON_UNKNOWN = "person_unknown", _("Nobody in your areas has this name, or several have. Write the role instead.")
    RECEIVER_MISSING = "receiver_missing", _("A message or duty needs a receiver. Write a role or a name.")
    AREA_UNKNOWN = "area_unknown", _("There is no area with this code in your areas. Correct it.")
    LEVEL_WRONG = "level_wrong", _("A response level is 1 to 4 or Ⅰ to Ⅳ. Correct it.")
    LEVEL_MISSING = "level_missing", _("A response needs its level, 1 to 4. Enter it.")
    MINUTES_WRONG = "minutes_wrong", _("This is no number of minutes from 1 to 600. Correct or remove it.")
    MINUTES_ORDER = "minutes_order", _("Done is expected before acknowledged. Correct one of them.")
    MESSAGE_MINUTES = (
        "message_minutes",
        _("A message asks for no answer that can be measured. Write 任务 as its kind, or remove the minutes."),
    )
    YES_NO_WRONG = "yes_no_wrong", _("Write 是 or 否.")
