"""Fixed lists of the duty roster."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duties of attendance are called; rules know no gettext, so the words are marked here.
TAKE_POST_LABEL = gettext_noop("Be at the post")
STAND_IN_LABEL = gettext_noop("Stand in")
ROLL_CALL_LABEL = gettext_noop("Roll call")
EMPTY_POST_LABEL = gettext_noop("See to an empty post")


class Presence(models.TextChoices):
    """Where the person on duty has to be."""

    ON_SITE = "on_site", _("On site")
    REACHABLE = "reachable", _("Reachable at any time")


class PlanState(models.TextChoices):
    """How far a roster plan has come."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


class Origin(models.TextChoices):
    """Where a shift comes from."""

    PLAN = "plan", _("By plan")
    OVERRIDE = "override", _("Changed by hand")
    SUBSTITUTE = "substitute", _("Substitute")


class Conflict(models.TextChoices):
    """What is wrong with a planned shift, worst first."""

    UNDERSTAFFED = "understaffed", _("Nobody is left to fill this shift")
    DOUBLE = "double", _("On two posts at the same time")
    ON_LEAVE = "on_leave", _("On leave")
    INACTIVE = "inactive", _("The account is closed")
    NO_PHONE = "no_phone", _("No verified telephone")
    REST = "rest", _("Not enough rest between two shifts")
    YEAR_UNKNOWN = "year_unknown", _("The holidays of this year are not loaded")


class Objection(models.TextChoices):
    """Why the roster refuses something. The label is the sentence that people read: it names the mend."""

    OUTSIDE = "outside_area", _("This area is not yours. Choose one of your own areas.")
    POST_RETIRED = "post_retired", _("This post is no longer in use. Choose another post.")
    HOURS = "shift_hours", _("A shift lasts 24, 12 or 8 hours. Choose one of them.")
    NO_POSTS = "no_posts", _("No post was chosen. Choose at least one post of this area.")
    NO_MEMBERS = "no_members", _("Nobody belongs to the post “%(post)s”. Name its members first.")
    DAYS_WRONG = "days_wrong", _("The last day lies before the first. Correct one of them.")
    DAYS_PAST = "days_past", _("These days are over, and who was on duty does not change. Choose today or later.")
    DAYS_MANY = "days_many", _("A plan covers at most 92 days. Choose a nearer last day.")
    NOT_A_DRAFT = "not_a_draft", _("This plan is no draft any more. Make a new one.")
    ROSTER_CHANGED = (
        "roster_changed",
        _("A shift was changed by hand after this draft was made. Discard the draft and make it again."),
    )
    PLAN_CONFLICTS = (
        "plan_conflicts",
        _("%(person)s would be on two posts at the same time from %(at)s. Change the members and make the plan again."),
    )
    SHIFT_OVER = "shift_over", _("This shift is over. Who was on duty does not change; write a note in the log.")
    SHIFT_CHANGED = "shift_changed", _("Somebody has just changed this shift. Look at it again.")
    SAME_PERSON = "same_person", _("This person is on duty there already. Choose somebody else.")
    BUSY = "busy", _("%(person)s is on duty at “%(post)s” at that time. Choose somebody else.")
    PERSON_INACTIVE = "person_inactive", _("This account is closed. Choose somebody else.")
    PERSON_TWICE = "person_twice", _("The same person is named twice. Keep one of them.")
    PERSON_OUTSIDE = "person_outside", _("This person works outside your areas. Ask his own superior.")
    NAME_TAKEN = "post_name_taken", _("The area has a post “%(post)s” already. Choose another name.")
    SHIFT_LONG = "shift_long", _("Nobody serves more than seven days at a stretch. Choose an earlier end.")
    STAFF_WRONG = "staff_wrong", _("The number of people is a whole number from 0 to 20. Correct it.")


class Came(models.TextChoices):
    """What a check-in records."""

    IN = "in", _("came")
    OUT = "out", _("left")


class CheckMeans(models.TextChoices):
    """How a check-in reached the platform."""

    PAGE = "page", _("on the page")
    LINK = "link", _("by task link")
    ON_BEHALF = "on_behalf", _("by telephone, recorded on behalf")
    ROLL_CALL = "roll_call", _("by answering the roll call")
    HANDOVER = "handover", _("by handing over")


class PostState(models.TextChoices):
    """Whether whoever has the duty is there."""

    IN_POST = "in_post", _("In post")
    LATE = "late", _("Came late")
    STAND_IN = "stand_in", _("Substitute in post")
    EXPECTED = "expected", _("Not come yet")
    SUSPECTED = "suspected", _("Absence suspected, to be confirmed")
    MISSING = "missing", _("Post empty")
    LEFT = "left", _("Handed over")


class StandInState(models.TextChoices):
    """How far the call to a deputy has come."""

    CALLED = "called", _("Called, no answer yet")
    COMING = "coming", _("On the way")
    TAKEN = "taken", _("Has taken over")
    UNANSWERED = "unanswered", _("No answer")
    WITHDRAWN = "withdrawn", _("No longer needed")


class Outcome(models.TextChoices):
    """What a roll call found. The machine only suspects; a person confirms."""

    WAITING = "waiting", _("Being called")
    IN_POST = "in_post", _("In post")
    LATE = "late", _("Answered late")
    SUSPECTED = "suspected", _("Absence suspected, to be confirmed")
    CONFIRMED = "confirmed", _("Absent, confirmed")
    EXCUSED = "excused", _("Excused")


class LogKind(models.TextChoices):
    """What came in at the duty room."""

    NOTE = "note", _("Plain note")
    CALL = "call", _("Telephone call")
    PAPER = "paper", _("Incoming paper")
    WEATHER = "weather", _("Weather")
    INSTRUCTION = "instruction", _("Instruction")


class FollowUp(models.TextChoices):
    """What became of an entry of the log."""

    HELP = "help", _("Made a call for help")
    DANGER = "danger", _("Made a danger")
    ORDER = "order", _("Made an order")
    LEADER = "leader", _("Told the leader")
    DONE = "done", _("Settled")


class AttendanceFault(models.TextChoices):
    """Why something cannot be done about presence, handover or the log: a stable code, and the mend."""

    NOT_YOURS = (
        "attendance.not_yours",
        _("This shift is somebody else's: he checks in himself, or his superior for him."),
    )
    TOO_EARLY = "attendance.too_early", _("The shift begins later: check in within the hour before it.")
    IN_FUTURE = "attendance.in_future", _("The time lies in the future: enter when it happened.")
    BEFORE_SHIFT = "attendance.before_shift", _("The time lies more than an hour before the shift: enter a later one.")
    OVER = "conflict.shift_over", _("This shift is over: nothing more can be recorded on it.")
    TAKEN_OVER = "conflict.taken_over", _("A substitute has taken this shift over: ask the duty room.")
    NOT_CAME = "attendance.not_came", _("Nobody has checked in on this shift yet: check in first.")
    WINDOW = "rollcall.window", _("The end of the window lies before its start: enter a later end.")
    WINDOW_LONG = "rollcall.window_long", _("The window is longer than a day: choose a shorter one.")
    WINDOW_OVER = "rollcall.window_over", _("The window lies in the past: enter a later end.")
    ANSWER_TIME = "rollcall.answer_time", _("Give between 3 and 60 minutes to answer.")
    STARTED = "conflict.roll_call_started", _("This roll call has begun: it cannot be called off any more.")
    SETTLED = "conflict.target_settled", _("This was settled meanwhile: the page shows how it stands.")
    STILL_CALLED = "conflict.still_called", _("He is still being called: wait until the time to answer is over.")
    OWN_ABSENCE = "rollcall.own_absence", _("Nobody judges his own absence: another person must.")
    REASON = "attendance.reason", _("Say in a few words why.")
    SAME_PERSON = "handover.same_person", _("Who takes over must be another person than who hands over: choose again.")
    NOT_INCOMING = "handover.not_incoming", _("Only who takes over signs for it.")
    NOT_OUTGOING = "handover.not_outgoing", _("Only who holds the post, or his superior, opens its handover.")
    UNTAKEN = "conflict.untaken", _("%(count)s open items are not taken yet: take each of them, then sign.")
    SIGNED = "conflict.handover_signed", _("This handover is signed: open the next one.")
    EMPTY_TEXT = "log.empty", _("Write what happened.")
    OTHER_BODY = "conflict.other_note", _("Another note was stored under this number: send it as a new one.")
    OUTSIDE = "attendance.outside", _("This lies outside your areas: choose one of your own.")
