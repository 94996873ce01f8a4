"""Fixed lists of response levels and contingency plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duty of a plan is called; rules know no gettext, so the word is marked here.
PLAN_TASK_LABEL = gettext_noop("Task of the plan")


class ResponseLevel(models.IntegerChoices):
    """How far the district has stood up, 1 highest. Integers: as text, level III holds the name of level I."""

    ONE = 1, _("Level I")
    TWO = 2, _("Level II")
    THREE = 3, _("Level III")
    FOUR = 4, _("Level IV")


class ResponseVerb(models.TextChoices):
    """What is decided about a response."""

    ACTIVATE = "activate", _("Start response")
    RAISE = "raise", _("Raise response")
    LOWER = "lower", _("Lower response")
    END = "end", _("End response")


class Receives(models.TextChoices):
    """Whom a task of the plan goes to."""

    ROLE = "role", _("Whoever holds a role")
    POST = "post", _("Whoever is on duty")
    PERSON = "person", _("A named person")
    CONTACT = "contact", _("An agency's telephone")


class TaskStand(models.TextChoices):
    """Where a task of the plan stands, worst first: a response shows them in these groups."""

    NOBODY = "nobody", _("Nobody: name somebody")
    LATE = "late", _("Overdue")
    WAITING = "waiting", _("Waiting for acknowledgement")
    IN_HAND = "in_hand", _("In hand")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Objection(models.TextChoices):
    """Why the platform refuses. The value is the stable code of the refusal."""

    NOT_ALLOWED = "command.not_allowed", _("Your role does not allow this for this area.")
    BASIS = "response.basis", _("Write what the decision rests on: a warning, a water level, a report.")
    NO_LEVEL = "response.no_level", _("Choose a level from I to IV.")
    OPEN_ALREADY = (
        "conflict.response_open",
        _("Level %(level)s is in force here already: raise or lower it instead."),
    )
    ENDED = "conflict.response_ended", _("This response has ended: start a new one.")
    NOT_HIGHER = "conflict.not_higher", _("Level %(level)s is in force: choose a more serious one.")
    NOT_LOWER = "conflict.not_lower", _("Level %(level)s is in force: choose a less serious one, or end the response.")
    IN_FUTURE = "command.in_future", _("The time lies in the future: enter when it was decided.")
    BEFORE_LAST = "command.before_last", _("The time lies before the previous decision: enter a later one.")
    VERSION_TAKEN = "conflict.plan_version", _("This area has a plan of that version already: choose another name.")
    PLAN_FROZEN = "conflict.plan_published", _("A published plan does not change: make a new version.")
    PLAN_EMPTY = "plan.empty", _("A plan needs at least one task before it is published.")
    NO_TITLE = "command.no_title", _("Write a title.")
    NO_TEXT = "command.no_text", _("Write what is to be done.")
    NO_RECEIVER = "command.no_receiver", _("Choose at least one receiver.")
    RECEIVER_TWICE = "command.receiver_twice", _("%(name)s is named twice: keep one.")
    RECEIVER_OUTSIDE = "command.receiver_outside", _("%(name)s answers for another area: choose people of your own.")
    BAD_PHONE = "command.bad_phone", _("This is no telephone number: write 11 digits, or area code and number.")
    DUE_PAST = "command.due_past", _("The due time is already over: choose a later one.")
    REASON = "command.reason", _("Say in a few words why.")
    WITHDRAWN = "conflict.order_withdrawn", _("This order was withdrawn already.")
    NOBODY = "callout.nobody", _("Nobody is on duty and nobody holds a post in this area: name people first.")
    ANSWERED = "conflict.call_answered", _("This person has answered meanwhile: nothing more is to be done.")
    NO_DEPUTY = "callout.no_deputy", _("There is no deputy who has not been called yet: telephone, then record it.")
    CALLS_CLOSED = "conflict.call_closed", _("This call-out is closed.")
