"""Fixed lists of the official warnings received (接收的预警). Words of the exchange format stand as it writes them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# What the duties are called; rules know no gettext, so the words are marked here.
WARNING_CALL_LABEL = gettext_noop("Call-out on a warning")
CONSULTATION_LABEL = gettext_noop("Consultation on a warning")


class Dialect(models.TextChoices):
    """How a warning was written."""

    CAP = "cap", _("CAP 1.2")
    NATIVE = "native", _("national format")
    FORM = "form", _("entered by hand")


class WarningSource(models.TextChoices):
    """By which way a warning came."""

    FEED = "feed", _("by feed")
    UPLOAD = "upload", _("by file")
    API = "api", _("over the interface")
    FORM = "form", _("entered by hand")


class CapStatus(models.TextChoices):
    """Whether a message is meant (CAP `status`)."""

    ACTUAL = "Actual", _("actual")
    EXERCISE = "Exercise", _("exercise")
    SYSTEM = "System", _("between systems")
    TEST = "Test", _("test")
    DRAFT = "Draft", _("draft")


class CapType(models.TextChoices):
    """What a message is to those before it (CAP `msgType`)."""

    ALERT = "Alert", pgettext_lazy("warning", "issued")
    UPDATE = "Update", pgettext_lazy("warning", "updated")
    CANCEL = "Cancel", pgettext_lazy("warning", "lifted")
    ACK = "Ack", pgettext_lazy("warning", "acknowledged")
    ERROR = "Error", pgettext_lazy("warning", "refused")


class EntryState(models.TextChoices):
    """What became of one entry of a feed."""

    TAKEN = "taken", _("taken in")
    KNOWN = "known", _("known before")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("not fetched yet")
    ELSEWHERE = "elsewhere", _("of other areas")


class Decision(models.TextChoices):
    """What a consultation decided."""

    NOTICE = "notice", _("Tell the public")
    RESPONSE = "response", _("Start or raise the response")
    WATCH = "watch", _("Keep watching, meet again")
    NOTHING = "nothing", _("Nothing further")


class WarningLeg(models.TextChoices):
    """The clocks of a warning, in their order."""

    RECEIVED = "received", pgettext_lazy("warning", "Received")
    ANSWERED = "answered", _("First called answered")
    DECIDED = "decided", pgettext_lazy("warning", "Decided")
    MANNED = "manned", _("First post manned")
    TOLD = "told", _("Last household recorded")


class CapFault(models.TextChoices):
    """What is wrong with a message, or odd about it: a stable code, and the sentence that names the mend."""

    TOO_LARGE = "cap.too_large", _("The file is larger than 1 MB: a warning is a few pages. Send only the message.")
    NOT_XML = "cap.not_xml", _("This is no readable XML (line %(line)s): ask the sender for the original file.")
    DOCTYPE = "cap.doctype", _("The file declares a DOCTYPE or entities, which no warning needs: it is not read.")
    TOO_DEEP = "cap.too_deep", _("The file nests or repeats its elements beyond what a warning needs: it is not read.")
    ROOT = "cap.root", _("The file does not begin with <alert>: choose the warning's own file.")
    NAMESPACE = "cap.namespace", _("The namespace %(value)s is not that of CAP 1.2: ask for a CAP 1.2 file.")
    ORDER = "cap.order", _("<%(element)s> stands in the wrong place (line %(line)s).")
    UNKNOWN = "cap.unknown", _("CAP 1.2 knows no <%(element)s> here (line %(line)s).")
    REPEATED = "cap.repeated", _("<%(element)s> stands more than once (line %(line)s).")
    MISSING = "cap.missing", _("<%(element)s> is missing.")
    VALUE = "cap.value", _("<%(element)s> says “%(value)s”, which the format does not know (line %(line)s).")
    TIME = "cap.time", _("<%(element)s> “%(value)s” is no time as the format writes it (line %(line)s).")
    TIME_UTC = "cap.time_utc", _("<%(element)s> “%(value)s”: UTC is written -00:00, local time +08:00 (line %(line)s).")
    TIME_FORM = "cap.time_form", _("<%(element)s> “%(value)s” is written in the form of the other format.")
    IDENTIFIER = "cap.identifier", _("The identifier is empty, too long, or holds a space, a comma, < or &.")
    SENDER = "cap.sender", _("The sender is empty, too long, or holds a space, a comma, < or &.")
    IDENTIFIER_SHAPE = "cap.identifier_shape", _("The identifier %(value)s has not the national form.")
    RESTRICTION = "cap.restriction", _("Scope Restricted and <restriction> go together: one of them is missing.")
    ADDRESSES = "cap.addresses", _("Scope Private needs <addresses>.")
    ADDRESSES_QUOTE = "cap.addresses_quote", _("<addresses> has an open quotation mark.")
    REFERENCES_MISSING = "cap.references_missing", _("A message of the type %(value)s needs <references>.")
    REFERENCES_FORM = "cap.references_form", _("The reference “%(value)s” is not “sender,identifier,sent”.")
    REFERENCES_SELF = "cap.references_self", _("The message refers to itself.")
    REFERENCES_LATER = "cap.references_later", _("The reference “%(value)s” is later than the message.")
    INFO_MISSING = "cap.info_missing", _("The message has no <info>: it does not say what is to be expected.")
    EVENT_EMPTY = "cap.event_empty", _("<event> is empty.")
    AREA_MISSING = "cap.area_missing", _("A public warning needs an <area>.")
    AREA_EMPTY = "cap.area_empty", _("The area “%(value)s” has neither code nor polygon nor circle.")
    POLYGON_TEXT = "cap.polygon_text", _("The polygon holds “%(value)s”, which is no “latitude,longitude”.")
    POLYGON_FEW = "cap.polygon_few", _("A polygon needs at least four points, this one has %(value)s.")
    POLYGON_OPEN = "cap.polygon_open", _("The last point of the polygon is not its first.")
    POLYGON_RANGE = "cap.polygon_range", _("The point %(value)s lies nowhere on earth: are the axes swapped?")
    POLYGON_FLAT = "cap.polygon_flat", _("The polygon encloses nothing.")
    POLYGON_CROSSES = "cap.polygon_crosses", _("The polygon crosses itself.")
    POLYGON_MANY = "cap.polygon_many", _("The polygons have %(value)s points: ask for an area of at most 2,000.")
    CIRCLE = "cap.circle", _("The circle “%(value)s” is not “latitude,longitude radius” with a radius of 0 km or more.")
    CEILING = "cap.ceiling", _("<ceiling> needs <altitude>.")
    EXPIRES_MISSING = "cap.expires_missing", _("The warning does not say when it ends.")
    BEFORE_SENT = "cap.before_sent", _("<%(element)s> lies before the time of sending.")
    EXERCISE_NOTE = "cap.exercise_note", _("An exercise needs a <note> that names it.")
    EXERCISE_HEADLINE = (
        "cap.exercise_headline",
        _("The headline of an exercise or a test begins with 【演练】 or 【测试】."),
    )
    SPAN = "cap.span", _("The warning lasts longer than 24 hours.")
    HEADLINE_LONG = (
        "cap.headline_long",
        _("The headline has %(value)s characters, more than the 160 that displays take."),
    )
    AREA_LONG = "cap.area_long", _("The area's name has %(value)s characters, more than the 50 that displays take.")
    EVENTS_DIFFER = "cap.events_differ", _("The message speaks of several events: %(value)s.")
    SAME_TEXT = "cap.same_text", _("The same text stands under several languages.")
    MARKUP = "cap.markup", _("The text holds HTML: %(value)s.")
    CODE_SHAPE = "cap.code_shape", _("The area code %(value)s has not 6 to 15 digits: it is not matched.")
    LEVEL_UNKNOWN = "cap.level_unknown", _("No colour can be read: nobody is called out by it. Look at it yourself.")
    LEVEL_DIFFERS = "cap.level_differs", _("Headline and severity name different colours: the headline's is taken.")
    SENT_AHEAD = "cap.sent_ahead", _("The message was sent in the future: one of the clocks is wrong.")
    SENDER_DIFFERS = "cap.sender_differs", _("It refers to a warning of another sender, which it does not end.")
    NOT_ARRIVED = "cap.not_arrived", _("It refers to a warning that has not arrived yet.")
    NOT_OURS = "cap.not_ours", _("No area of it concerns the district: it is kept, and nobody is called.")
    BORDER_UNKNOWN = "cap.border_unknown", _("Its polygon cannot be compared: no border of an area is stored.")


class WarningObjection(models.TextChoices):
    """Why something cannot be done with a warning: a stable code, and the sentence that names the mend."""

    INVALID = "cap.invalid", _("The warning is not taken in: %(why)s")
    DIFFERS = (
        "conflict.warning",
        _("A warning with this sender, identifier and time is stored with other words; the first one stands."),
    )
    NOT_ALLOWED = "warning.not_allowed", _("Your role does not allow this for this area.")
    REASON = "warning.conclusion", _("Write what the consultation concluded.")
    ATTENDEES = "warning.attendees", _("Write who took part.")
    RECORDED = "conflict.consultation", _("The minutes were recorded meanwhile: the page shows them.")
    IN_FUTURE = "warning.in_future", _("The time lies in the future: enter when it happened.")
    TOO_EARLY = "warning.too_early", _("The time lies before the warning: enter when it happened.")
    NOT_IN_FORCE = "conflict.not_in_force", _("This warning holds no more: relay the newest one of its chain.")
    NOT_OURS = "warning.not_ours", _("No area of this warning concerns the district: there is nothing to relay.")
