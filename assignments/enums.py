"""Fixed lists of duties."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class State(models.TextChoices):
    """What somebody last did with a duty. Late is not a state but a question: due and not done."""

    ASSIGNED = "assigned", _("Waiting for acknowledgement")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    DOING = "doing", _("In hand")
    REPORTED = "reported", _("Reported")
    VERIFIED = "verified", _("Done")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Withdrawn")


OPEN = (State.ASSIGNED, State.ACKNOWLEDGED, State.DOING, State.RETURNED)
CLOSED = (State.VERIFIED, State.CANCELLED)


class Verb(models.TextChoices):
    """What can happen to a duty."""

    ASSIGN = "assign", _("assigned")
    ACKNOWLEDGE = "acknowledge", _("acknowledged")
    START = "start", _("arrived on the spot")
    REPORT = "report", _("reported done")
    DECLINE = "decline", _("cannot do it")
    VERIFY = "verify", _("verified")
    SEND_BACK = "send_back", _("sent back")
    CANCEL = "cancel", _("withdrew")
    HAND_OVER = "hand_over", _("handed over")
    REMIND = "remind", _("reminded")
    ESCALATE = "escalate", _("told the superior")
    ASK_SUPPORT = "ask_support", _("asked for support")
    SUPPORT_SENT = "support_sent", _("arranged support")
    SILENCE = "silence", _("stopped the ladder")
    EXTEND = "extend", _("gave more time")
    REOPEN = "reopen", _("opened it again: it is not done")


class Who(models.TextChoices):
    """Who is told at a step of a ladder; looked up when the step is taken."""

    ASSIGNEE = "assignee", _("the person himself")
    DEPUTY = "deputy", _("the deputy")
    SUPERIOR = "superior", _("the sub-district")
    LEADER = "leader", _("the leader on duty")
    ROOM = "room", _("the duty room")


class Way(models.TextChoices):
    """How somebody is told at a step."""

    SMS = "sms", _("SMS")
    VOICE = "voice", _("Telephone call")


class Until(models.TextChoices):
    """What ends a ladder."""

    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REPORTED = "reported", _("Reported")
    CLOSED = "closed", _("Closed")


class Stopped(models.TextChoices):
    """Why a ladder ended."""

    ANSWERED = "answered", _("answered")
    REPORTED = "reported", _("reported done")
    CLOSED = "closed", _("closed")
    SILENCED = "silenced", _("stopped by a leader")


class Means(models.TextChoices):
    """How a word about a duty reached the platform."""

    PAGE = "page", _("on the page")
    LINK = "link", _("by task link")
    PHONE_CALL = "phone_call", _("by telephone, recorded on behalf")
    SYSTEM = "system", _("by the platform")
    REPLY = "reply", _("by SMS reply")
    VOICE_KEY = "voice_key", _("by key in a call")
    GROUP_TEXT = "group_text", _("in the chat group, pasted")


# The answers of rules.answers, which know no catalogue.
ANSWERS = (
    gettext_noop("Got it"),
    gettext_noop("Support wanted"),
    gettext_noop("Cannot do it"),
    gettext_noop("On the spot"),
    gettext_noop("Finished"),
)
BY_THEMSELVES = (Means.LINK, Means.REPLY, Means.VOICE_KEY)


class Stray(models.TextChoices):
    """Why nobody's answer was made of a reply: it waits until a person says what it is."""

    NO_OPTION = "no_option", _("matches no answer")
    SEVERAL = "several", _("this phone owes several answers")
    PASSED_ON = "passed_on", _("the duty is another person's now")
    REFUSED = "refused", _("does not fit the duty's present state")
    FAILED = "failed", _("could not be taken in: deal with it by hand")


class Doubt(models.TextChoices):
    """Why a line of a pasted chat is no plain answer."""

    WHO = "who", _("whose name is this?")
    NAMESAKES = "namesakes", _("several people of this name")
    OTHERS = "others", _("speaks of somebody else")
    NEGATIVE = "negative", _("says that it is not so")
    CONTRADICTS = "contradicts", _("says different things")
    EARLIER = "earlier", _("said before the duty was given")
    TALK = "talk", _("no answer")
    QUESTION = "question", _("asks a question")
    REQUEST = "request", _("asks others to answer")
    FRAME = "frame", _("not said by anybody")


class Objection(models.TextChoices):
    """Why something cannot be done with a duty: a stable code, and the sentence that names the mend."""

    ALREADY = "conflict.already", _("This was done before: the page shows the present state.")
    REPORTED = "conflict.reported", _("This duty has been reported already and waits for verification.")
    NOT_REPORTED = "conflict.not_reported", _("This duty has not been reported yet: wait for the report.")
    CLOSED = "conflict.closed", _("This duty is done and closed: nothing more can be recorded.")
    WITHDRAWN = "conflict.withdrawn", _("This duty was withdrawn: nothing more is to be done.")
    SAME_PERSON = "assignment.same_person", _("Another person than the one who did it must verify it.")
    IN_FUTURE = "assignment.in_future", _("The time lies in the future: enter when it happened.")
    BEFORE_ISSUED = "assignment.before_issued", _("The time lies before the duty was given: enter a later one.")
    OUT_OF_ORDER = "assignment.out_of_order", _("The time lies before the previous step: enter a later one.")
    REASON_WANTED = "assignment.reason_wanted", _("Say in a few words why.")
    NO_RECEIVER = "assignment.no_receiver", _("Name a person or a telephone number that receives the duty.")
    SUCCESSOR = "assignment.successor", _("Choose an active person of your own areas who does not hold it yet.")
    NO_PHOTO = "assignment.no_photo", _("This photo has not arrived: send the photo first, then the report.")
    OWN_PAGE = "assignment.own_page", _("This duty is finished on its own page: open the work and record it there.")
    PROOF_WANTED = "assignment.proof_wanted", _("Say in a few words what was done, or add a photo of it.")
    OWN_EXTENSION = "assignment.own_extension", _("Another person than the one who does it must give more time.")
    LATER_WANTED = "assignment.later_wanted", _("The new time must lie after the present one and in the future.")
    NO_OPTION = "assignment.no_option", _("Choose one of the answers of this duty.")
    SETTLED = "conflict.settled", _("This reply has been settled already.")
    NO_SUPPORT = "conflict.no_support", _("Nobody waits for support here.")
    NOT_OPEN = "conflict.not_open", _("This duty is not open any more: nobody needs a reminder.")
    SILENT_ALREADY = "conflict.silent_already", _("Nobody is being told of this duty: there is nothing to stop.")


# What the duty of putting something right is called; rules know no gettext.
RECTIFY_LABEL = gettext_noop("Rectification")

# What people are told about duties, as message ids. Each is declared in `queries.purposes`.
GIVEN = gettext_noop("Flood duty: {title}. Due {due}. {answer}: {link}")
REMINDED = gettext_noop("Reminder: {title}. Was due {due}. Please act now: {link}")
TOLD = gettext_noop("Not answered: {title} ({who}), due {due}. Please see to it: {link}")
SENT_BACK = gettext_noop("Flood duty sent back: {title}. Please do it again. Due {due}: {link}")
SUPPORT = gettext_noop("Support wanted: {who}, {title}. See to it now: {link}")
WITHDRAWN = gettext_noop("Flood duty withdrawn: {title}. Nothing more is to be done.")
UNVERIFIED = gettext_noop("Reported and not verified yet: {title} ({who}), due {due}. Please see to it: {link}")
ASKED = gettext_noop("{who} does not answer: {title}, due {due}. Please answer in his place: {link}")
CALLED = gettext_noop("Flood duty: {title}, due {due}.")
# Two blanks: providers take no more in a voice text. The keys of the duty's answers are said behind.
CALLED_FOR = gettext_noop("{who} does not answer. Flood duty: {title}.")
GAP = gettext_noop("Nobody could be told of {title} ({who}), due {due}: one step is empty. See to it: {link}")
MISSING = gettext_noop("{count} people who are counted on cannot be reached: {names}. Correct their numbers: {link}")


class AppraisalState(models.TextChoices):
    """Where an appraisal of a month stands."""

    DRAFT = "draft", _("Draft of a month")
    REPLACED = "replaced", _("Replaced by a newer draft")
    CONFIRMED = "confirmed", _("Confirmed")


class Outcome(models.TextChoices):
    """What a score means."""

    REWARD = "reward", _("Excellent")
    PASS = "pass", _("Passed")
    FAIL = "fail", _("Not passed")
    NONE = "none", _("No duties, no score")


class AppraisalObjection(models.TextChoices):
    """Why something cannot be done with an appraisal."""

    NO_SCHEME = "appraisal.no_scheme", _("The district has set no points yet: ask the system administrator.")
    NOT_OVER = "appraisal.not_over", _("This month is not over yet: draw it up when it is.")
    NO_SUBDISTRICT = "appraisal.no_subdistrict", _("Choose a sub-district of your own areas.")
    NOBODY = "appraisal.nobody", _("Nobody worked the grids of this sub-district in this month: choose another one.")
    CONFIRMED = "conflict.appraisal_confirmed", _("This appraisal is confirmed: nothing in it changes any more.")
    REPLACED = "conflict.appraisal_replaced", _("A newer draft has replaced this one: open the newer one.")
    SAME_PERSON = "appraisal.same_person", _("Another person than the one who drew it up must confirm it.")
    OWN_LINE = "appraisal.own_line", _("This is your own line: another person must decide.")
    NO_SCORE = "appraisal.no_score", _("Without duties there is no score to change.")
    REASON_WANTED = "appraisal.reason_wanted", _("Say in a few words why.")
    OUT_OF_BOUNDS = "appraisal.out_of_bounds", _("Enter a whole number from 0 to 100.")
    SAME_SCORE = "appraisal.same_score", _("This is the present score: enter another one.")
    NOT_CONFIRMED = "conflict.appraisal_not_confirmed", _("This appraisal is not confirmed yet.")
    TOO_LATE = "appraisal.too_late", _("The days to appeal are over: speak with the sub-district.")
    APPEALED = "conflict.appealed", _("You have appealed already: the sub-district answers.")
    ANSWERED = "conflict.appeal_answered", _("This appeal has been answered already.")
    BORDERS = "appraisal.borders", _("The lower border must lie below the upper one.")


class LogObjection(models.TextChoices):
    """Why a remark does not go into a work log."""

    EMPTY = "log.empty", _("Write what is to be remarked.")
    DAY_OVER = "log.day_over", _("The log of this day is finished: write it into today's.")
