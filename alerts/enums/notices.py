"""Fixed lists of notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# What the duty of this app is called; rules know no gettext, so the word is marked here.
DUTY_LABEL = gettext_noop("Knock at doors")
UNIT_LABEL = gettext_noop("Key unit is to answer")


class NoticeKind(models.TextChoices):
    """What a district notice is about.

    A platform may not issue warning signals: these are the district's own notices.
    """

    RAINSTORM = "rainstorm", _("Rainstorm risk")
    WATERLOGGING = "waterlogging", _("Urban waterlogging risk")
    RIVER = "river", _("River risk")
    GEOLOGICAL = "geological", _("Geological risk")
    EVACUATION = "evacuation", _("Evacuation")


class NoticeLevel(models.IntegerChoices):
    """How serious, 1 highest (突发事件应对法 art. 63)."""

    RED = 1, _("Red")
    ORANGE = 2, _("Orange")
    YELLOW = 3, _("Yellow")
    BLUE = 4, _("Blue")


class MessageType(models.TextChoices):
    """What a notice is to the one before it."""

    ALERT = "alert", pgettext_lazy("notice", "Notice")
    CORRECTION = "correction", pgettext_lazy("notice", "Correction")
    ALL_CLEAR = "all_clear", pgettext_lazy("notice", "All-clear")


class NoticeState(models.TextChoices):
    """Where a notice stands on its way. Sending or sent is a question to its deliveries."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for signature")
    ISSUED = "issued", _("Issued")
    CORRECTED = "corrected", _("Corrected")
    CLEARED = "cleared", _("Cleared")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Discarded")


OUT = (NoticeState.ISSUED, NoticeState.CORRECTED, NoticeState.CLEARED, NoticeState.WITHDRAWN)  # signed once


class Element(models.TextChoices):
    """The eight elements of a warning (突发事件应对法 art. 64), in the law's order."""

    KIND = "kind", _("kind")
    LEVEL = "level", _("level")
    START = "starts_at", _("start")
    AREA = "affected_area", _("area affected")
    CAUTION = "caution", _("what to beware of")
    MEASURES = "measures", _("what to do")
    ISSUER = "issuer", _("issuer")
    TIME = "issued_at", _("time of issue")


class Choice(models.TextChoices):
    """What a household answers."""

    SAFE = "safe", _("Everybody at home knows")
    AWAY = "away", _("I am away, somebody is at home")
    NEED_HELP = "need_help", _("Need help")


class Via(models.TextChoices):
    """How an answer came."""

    SMS = "sms", _("SMS reply")
    LINK = "link", _("personal link")
    CODE = "code", _("household code")
    VOICE = "voice", _("key pressed in a call")
    WORKER = "worker", _("at the door")


class Answerer(models.TextChoices):
    """Who speaks for a household. Whoever is not the household itself is shown as such."""

    OWN = "own", _("the household itself")
    CHILD = "child", _("child or relative")
    KEEPER = "keeper", _("keeper of the household")
    NEIGHBOUR = "neighbour", _("neighbour")


class Goal(models.TextChoices):
    """What a notice is to reach. Three denominators, never one sum."""

    MUST_REACH = "must_reach", _("Must-reach households spoken to by a person")
    ORDINARY = "ordinary", _("Ordinary households answered")
    UNITS = "units", _("Key units answered")


class UnitKind(models.TextChoices):
    """What a key unit is."""

    SCHOOL = "school", _("School or kindergarten")
    CLINIC = "clinic", _("Hospital or clinic")
    CARE_HOME = "care_home", _("Care home")
    CAR_PARK = "car_park", _("Underground car park")
    MALL = "mall", _("Mall or market")
    FACTORY = "factory", _("Factory")
    BUILDING_SITE = "building_site", _("Building site")
    PROPERTY = "property", _("Property company")
    OTHER = "other", pgettext_lazy("key unit", "Other")


class Message(models.IntegerChoices):
    """What became of the messages to a household, written down before the messages themselves are destroyed."""

    NONE = 0, _("Not delivered")
    OPEN = 1, _("Sent")
    ARRIVED = 2, _("Delivered")


class VisitOutcome(models.TextChoices):
    """What a worker found at a door."""

    TOLD = "told", _("Told face to face")
    NOBODY = "nobody", _("Nobody at home")
    REFUSED = "refused", _("Refused")
    NEED_HELP = "need_help", _("Needs help")


class Reach(models.TextChoices):
    """The one state of a household under a notice: the first that holds, in this order."""

    NEED_HELP = "need_help", _("Needs help")
    ANSWERED = "answered", _("Answered")
    VISITED = "visited", _("Told face to face")
    DELIVERED = "delivered", _("Delivered")
    CLOSED_UNREACHABLE = "closed_unreachable", _("Known unreachable")
    UNREACHED = "unreached", _("Not reached")
    PENDING = "pending", _("On its way")


class Objection(models.TextChoices):
    """Why something cannot be done with a notice: a stable code, and the sentence that names the mend."""

    STALE = "conflict.stale", _("Somebody changed this notice meanwhile: open it again, then repeat your change.")
    STATE = "conflict.state", _("This cannot be done any more: the page shows how the notice stands now.")
    SAME_PERSON = (
        "notice.same_person",
        _("Who wrote, edited or submitted a notice cannot sign it: another must."),
    )
    NOT_ALLOWED = "notice.not_allowed", _("Your role does not allow this for this area.")
    ELEMENTS = "notice.elements", _("Fill in before submitting: %(fields)s.")
    ENDS = "notice.ends", _("The end lies before the start: enter a later end.")
    OVER = "notice.over", _("The notice would be over already: enter a later end.")
    NO_AREA = "notice.no_area", _("Choose at least one area that the notice is meant for.")
    OUTSIDE = "notice.outside", _("Choose areas of your own only: %(areas)s lie outside.")
    UNKNOWN_AREA = "notice.unknown_area", _("There is no area with the code %(areas)s: choose from the list.")
    NO_TEXT = "notice.no_text", _("Write the text of the SMS.")
    NO_HEADLINE = "notice.no_headline", _("Write a headline.")
    NOBODY = "notice.nobody", _("There is no household in the chosen areas: import the roll or choose others.")
    REASON = "notice.reason", _("Say in a few words why.")
    NOT_OUT = (
        "notice.not_out",
        _("The notice before this one has not gone out: sign that one first, this one keeps until it is needed."),
    )
    FOLLOWED = (
        "notice.followed",
        _("This notice was corrected or ended already: open the newest one of its chain and go on from there."),
    )
    NOT_FOLLOWED = (
        "notice.not_followed",
        _("An all-clear is not corrected: where danger remains, write a new notice."),
    )
    NOBODY_TOLD = (
        "notice.nobody_told",
        _("Nobody can have had the notice, so nobody needs an all-clear: withdraw the notice instead."),
    )
    OTHER_EXERCISE = (
        "notice.other_exercise",
        _("A notice of an exercise is corrected and ended in that exercise only, a real one never in any."),
    )
    BLANK_TOO_LONG = (
        "template_value_too_long",
        _("“%(field)s” is %(over)s characters too long for the reviewed text: shorten it to %(most)s."),
    )
    BLANK_LINK = (
        "template_value_link",
        _("“%(field)s” holds a link, and the provider takes none there: leave it out."),
    )
    BLANK_UNKNOWN = (
        "template_blank_unknown",
        _("The reviewed text asks for “%(field)s”, which a notice does not have: have it filed with other blanks."),
    )
    VISIT_DIFFERS = "conflict.visit", _("This visit was recorded before with something else: look at the door again.")
    NOT_MY_DOOR = "door.not_mine", _("This door lies outside your area.")
    IN_FUTURE = "door.in_future", _("The time lies in the future: enter when it happened.")
    REACHED = "conflict.reached", _("This household was reached meanwhile: nothing needs closing.")
    NO_PHONE = "ring.phone", _("This is no telephone number: write 11 digits, or a landline with its area code.")
    NO_NAME = "unit.name", _("Write the name of the unit and of its receiver.")
    NO_SUCH_GOAL = "goal.unknown", _("Choose one of the three goals.")
    NOT_DOUBTED = "visits.not_doubted", _("Nobody doubts these visits any more: open the list again.")
    NO_VISITOR = (
        "visit.visitor",
        _("Choose who was at the door: somebody who is sent to these doors, and not yourself."),
    )
    BEFORE_NOTICE = "visit.before_notice", _("The notice had not gone out by then: enter when he was at the door.")
    NO_CRY = "conflict.no_cry", _("Nobody in this household asks for help any more.")
