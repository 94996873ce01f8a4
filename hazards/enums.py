"""Fixed lists of dangerous places."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

# What the duties of this app are called; rules know no gettext, so the words are marked here.
DUTY_LABEL = gettext_noop("Re-inspection")
PATROL_LABEL = gettext_noop("Patrol")
PATROL_POINT_LABEL = gettext_noop("Missed point of a patrol")


class SiteKind(models.TextChoices):
    """The six kinds of dangerous place the district counts."""

    RIVER = "river", _("River reach")
    UNDERPASS = "underpass", _("Underpass culvert")
    UG_MALL = "ug_mall", _("Underground mall")
    UG_PARKING = "ug_parking", _("Underground car park")
    GEO_HAZARD = "geo_hazard", _("Geological hazard point")
    WATERLOG_POINT = "waterlog_point", _("Waterlogging point")


# What is asked at a household's door has a checklist of its own; a household is no kind of site.
HOUSEHOLD = "household"
CHECKED_KINDS = [*SiteKind.choices, (HOUSEHOLD, _("Household check"))]


class Topic(models.TextChoices):
    """What a question at the door is about; empty: something else."""

    HOUSE = "house", _("House and ground")
    HELP = "help", _("Who needs help to leave")
    HELPER = "helper", _("Who fetches them")
    ROUTE = "route", _("Way out")
    CHANNEL = "channel", _("How the warning comes")
    SHELTER = "shelter", _("Where to go")
    PHONE = "phone", _("Telephone of the household")


class CheckOutcome(models.TextChoices):
    """How a visit to a household's door ended; only a whole conversation counts as a check."""

    CHECKED = "checked", _("Household checked")
    NOBODY = "nobody", _("Nobody was at home")
    REFUSED = "refused", _("Did not want to be asked")


class RollField(models.TextChoices):
    """What a check may propose to change in the roll."""

    PHONE = "phone", _("First telephone")
    MUST_REACH = "must_reach", _("Why it must be reached")


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


class SiteFault(models.TextChoices):
    """What can be wrong in a ledger of sites, beside what any sheet can have. The label names the mend."""

    KIND_UNKNOWN = (
        "site_kind_unknown",
        _("This is no kind of site. Write 河道, 下穿式桥涵, 地下商超, 地下停车场, 地质灾害点 or 易积水点."),
    )
    AREA_UNKNOWN = (
        "site_area_unknown",
        _("No area has this name or code. Write a code of 9, 12 or 15 digits, or names as on the list of areas."),
    )
    AREAS_DISAGREE = "site_areas_disagree", _("Code and names mean different areas. Correct one of them.")
    DEPTH_WRONG = "site_depth_wrong", _("The closing depth is a whole number of centimetres from 1 to 500. Correct it.")
    COUNT_WRONG = "site_count_wrong", _("Households and persons are whole numbers. Correct it.")
    CODE_RETIRED = (
        "site_code_retired",
        _("The site of this code left the register. Put it back on its page first, or give another code."),
    )
    OTHER_PERSON = (
        "site_other_person",
        _("This number stands on the list of people under another name. Correct the name or the number."),
    )
    PERSON_UNKNOWN = (
        "site_person_unknown",
        _("Nobody of this name and number is on the list of people: the role stays empty. Import him, then this."),
    )
    NEAR_DUPLICATE = (
        "site_near_duplicate",
        _("Within 5 m lies %(other)s. If both are one place, keep one of the two codes."),
    )
    NO_POSITION = (
        "site_no_position",
        _("Without position the site is 待定位; the first visit with a position sets it."),
    )
    DRAWN = "site_drawn", _("This site is drawn as a line or an area; the point of the sheet does not replace it.")


class Fact(models.TextChoices):
    """The facts of a site that a person must keep true."""

    POSITION = "position", _("Position")
    PERSONS = "persons", _("Responsible persons")
    PHONES = "phones", _("Their phones")
    LIMIT = "limit", _("Closing depth")


class Trigger(models.TextChoices):
    """What opened a round."""

    PERSON = "person", _("Opened by a person")
    SEASON = "season", _("Opened by the season calendar")
    RESPONSE = "response", _("Opened by a response level")


class Circumstance(models.TextChoices):
    """What decides how often a site is seen: outside the flood season, in it, and the response levels, IV first."""

    DRY = "dry", _("Outside the flood season")
    FLOOD = "flood", _("In the flood season")
    LEVEL_4 = "level4", _("Level IV response")
    LEVEL_3 = "level3", _("Level III response")
    LEVEL_2 = "level2", _("Level II response")
    LEVEL_1 = "level1", _("Level I response")


class Base(models.TextChoices):
    """What the next date of a routine is counted from."""

    SCHEDULED = "scheduled", _("From the date before, whether kept or missed")
    COMPLETED = "completed", _("From the day of the last visit")


class DueState(models.TextChoices):
    """Where one date of a routine stands; a query, nothing stored."""

    DUE = "due", _("To be seen")
    KEPT = "kept", _("Kept")
    MISSED = "missed", _("Missed")
    MADE_UP = "made_up", _("Missed, seen later")


class SeasonPhase(models.TextChoices):
    """Which day of a flood season a planned round is counted from."""

    BEFORE = "before", _("Before the season: from its first day")
    MIDDLE = "middle", _("In the season: from its middle")
    AFTER = "after", _("After the season: from its last day")


class Change(models.TextChoices):
    """What became of a site between two rounds."""

    WORSE = "worse", _("Worse")
    BETTER = "better", _("Better")
    SAME = "same", _("As before")
    NEW = "new", _("New in this round")
    GONE = "gone", _("Not in this round any more")
    UNSEEN = "unseen", _("Not inspected in both rounds")


class MemberState(models.TextChoices):
    """Where one member of a round stands."""

    MISSING = "missing", _("Not inspected yet")
    WAITING = "waiting", _("Waiting for verification")
    DONE = "done", _("Verified")


class DutyKind(models.TextChoices):
    """The kinds of duty that this app gives; the label is the one shown in lists of duties."""

    REINSPECTION = "reinspection", _("Re-inspection")


class Grade(models.TextChoices):
    """How dangerous a finding is."""

    GENERAL = "general", _("Minor finding")
    CONSIDERABLE = "considerable", _("Considerable finding")
    MAJOR = "major", _("Major finding")


class FindingState(models.TextChoices):
    """Where a finding stands on its way from the eye to the write-off. Late is a question, not a state."""

    FOUND = "found", _("Found, nobody mends it yet")
    ASSIGNED = "assigned", _("Given to a fixer")
    CONTROLLED = "controlled", _("Under interim control")
    FIXING = "fixing", _("Being mended")
    SUBMITTED = "submitted", _("Waiting for the check")
    RETURNED = "returned", _("Sent back to the fixer")
    DEFERRED = "deferred", _("Put off")
    CLOSED = "closed", _("Written off")
    WITHDRAWN = "withdrawn", _("No finding after all")


TO_MEND = (
    FindingState.FOUND,
    FindingState.ASSIGNED,
    FindingState.CONTROLLED,
    FindingState.FIXING,
    FindingState.RETURNED,
    FindingState.DEFERRED,
)
UNSETTLED = (*TO_MEND, FindingState.SUBMITTED)


class Step(models.TextChoices):
    """What happens to a finding."""

    FIND = "find", _("found")
    SEE_AGAIN = "see_again", _("seen again")
    GRADE = "grade", _("graded")
    ASSIGN = "assign", _("given to a fixer")
    PASS_ON = "pass_on", _("given to another fixer")
    CONTROL = "control", _("interim control")
    START = "start", _("mending began")
    SUBMIT = "submit", _("reported mended")
    DECLINE = "decline", _("cannot be mended by him")
    SEND_BACK = "send_back", _("sent back to mend")
    CLOSE = "close", _("written off")
    DEFER = "defer", _("put off")
    TAKE_BACK = "take_back", _("taken back from the fixer")
    WITHDRAW = "withdraw", _("struck out")
    LIST = "list", _("put under supervision")
    UNLIST = "unlist", _("taken off supervision")


class Phase(models.TextChoices):
    """What a photograph of a finding shows."""

    BEFORE = "before", _("Before")
    AFTER = "after", _("After")


class Paper(models.TextChoices):
    """The papers that leave the platform about a finding."""

    NOTICE = "notice", _("Notice of rectification")
    CLOSING = "closing", _("Write-off form")


class FindingObjection(models.TextChoices):
    """Why something cannot be done with a finding. The value is the stable code of the refusal."""

    SETTLED = "conflict_finding_settled", _("This finding is settled: nothing more can be recorded.")
    NOT_GIVEN = "finding_not_given", _("Nobody has been given this finding yet: give it to a fixer first.")
    GIVEN = "conflict_finding_given", _("This finding has been given to a fixer already.")
    WAITS = "conflict_finding_waits", _("This finding is reported mended and waits for the check.")
    NOT_SUBMITTED = "conflict_finding_not_submitted", _("This finding has not been reported mended yet.")
    OWN_WORK = "finding_own_work", _("Another person than the fixer must check it and write it off.")
    OWN_DEFERRAL = "finding_own_deferral", _("Another person than the fixer must put it off.")
    OWN_WITHDRAWAL = "finding_own_withdrawal", _("Another person than the fixer must strike it out.")
    MEASURE_WANTED = "finding_measure_wanted", _("Say what keeps people safe until it is mended.")
    REASON_WANTED = "finding_reason_wanted", _("Please say why.")
    LATER_WANTED = "finding_later_wanted", _("The new date must lie after the present one and in the future.")
    PHOTO_WANTED = (
        "finding_photo_wanted",
        _("There is no photo of the mended state: add one, or say why there is none."),
    )
    SEEN_SINCE = (
        "finding_seen_since",
        _("It was seen again after it was reported mended: send it back, or say what you have found there yourself."),
    )
    PHOTOS_AWAY = (
        "finding_photos_away",
        _("These photos have not arrived: %(photos)s. Send them first, then this once more."),
    )
    WHAT_WANTED = "finding_what_wanted", _("Say what is wrong.")
    NO_FIXER = "finding_no_fixer", _("Name a person of the platform, or a name and a mobile number.")
    DUE_PAST = "finding_due_past", _("The date is already over: choose a later one.")
    NOT_MAJOR = "finding_not_major", _("Only a major finding is put under supervision: grade it first.")
    LISTED = "conflict_finding_listed", _("This finding is under supervision already.")
    NOT_LISTED = "conflict_finding_not_listed", _("This finding is not under supervision.")
    OTHER_BODY = (
        "conflict_finding_other",
        _("Another finding was already stored under this number: send yours under a new one."),
    )
    TEMPLATE_BROKEN = "paper_template_broken", _("This file cannot be filled in: %(reason)s")


class RainStage(models.TextChoices):
    """When a patrol is walked."""

    BEFORE = "before", _("Before the rain")
    DURING = "during", _("During the rain")
    AFTER = "after", _("After the rain")


class PatrolObjection(models.TextChoices):
    """Why something cannot be done with a patrol. The value is the stable code of the refusal."""

    NO_POINTS = "patrol_no_points", _("A route needs at least one site.")
    POINT_TWICE = "patrol_point_twice", _("%(site)s stands on this route twice: keep it once.")
    MINUTES_WRONG = "patrol_minutes_wrong", _("Give 1 to 1440 minutes.")
    NO_ROUTES = "patrol_no_routes", _("No route of this area has an interval for this stage: set one first.")
    ENDED = "conflict_patrol_ended", _("This patrol has ended: nothing more is recorded in it.")
    NOT_YOURS = "patrol_not_yours", _("This patrol is another person's: his sub-district records for him.")
    NAME_TAKEN = "conflict_patrol_route", _("This area has a route of that name already.")


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
    DRAWN = "conflict_drawn", _("This site is a line or an area: change its drawing under “Change”.")
    SITE_RETIRED = "site_retired", _("This site has left the register.")
    CODE_TAKEN = "conflict_code_taken", _("Another site has the code %(code)s: choose another code.")
    NO_SITES = "no_sites", _("There is no site in this area: register sites first or choose another area.")
    DUE_PAST = "due_past", _("The due time is already over: choose a later one.")
    ROUND_CLOSED = "conflict_round_closed", _("This round is closed.")
    REASONS_MISSING = "reasons_missing", _("%(count)s sites are not verified: give a reason for each (next: %(site)s).")
    PLANNED_ALREADY = "conflict_planned_already", _("This round stands in the calendar already.")
    DAYS_WRONG = "routine_days_wrong", _("Give 1 to 366 days, and fewer days to see it in than lie between two dates.")
    ALL_SCHEDULED = "routine_all_scheduled", _("Every site of this kind and area has its routine already.")
    EMPTY_CHECKLIST = "empty_checklist", _("A checklist needs at least one item.")


class HouseholdObjection(models.TextChoices):
    """Why something cannot be done with a household check. The value is the stable code of the refusal."""

    OTHER_BODY = (
        "conflict_check_other",
        _("Another check was already stored under this number: send yours under a new one."),
    )
    LEFT_ROLL = "household_left_roll", _("This household has left the roll: look for it under its new entry.")
    BAD_PHONE = "check_bad_phone", _("This is no telephone number. Write 11 digits, or a landline with its area code.")
    BAD_REASON = "check_bad_reason", _("Choose one of the reasons, or none.")
    SAME = "check_same", _("The roll says just this already: nothing is to be proposed.")
    DECIDED = "conflict_proposal_decided", _("Somebody has decided this proposal already: the roll shows how.")
    MOVED = "conflict_roll_moved", _("The roll has changed since this was proposed: compare, then propose anew.")
    OWN_PROPOSAL = "proposal_own", _("Another person than the one who proposed it must decide.")


REQUEST_LABEL = gettext_noop("Resident's request")


class Mode(models.TextChoices):
    """How a request is settled."""

    ON_SPOT = "on_spot", _("Settled on the spot")
    DEADLINE = "deadline", _("To be settled by a date")


class RequestState(models.TextChoices):
    """Where a request stands: the last thing that somebody did with it."""

    TAKEN = "taken", _("Taken in")
    GIVEN = "given", _("In hand")
    ANSWERED = "answered", _("Result reported")
    CLOSED = "closed", _("Asked back and closed")


class RequestVerb(models.TextChoices):
    """What can happen to a request."""

    TAKE = "take", _("took it in")
    GIVE = "give", _("gave it to somebody")
    ANSWER = "answer", _("reported the result")
    RETURN = "return", _("could not do it")
    PASS_ON = "pass_on", _("passed it on")
    REDO = "redo", _("sent it back to be done again")
    SPEAK = "speak", _("spoke with whoever asked")
    CLOSE = "close", _("asked back and closed it")


class RequestObjection(models.TextChoices):
    """Why something cannot be done with a request. The value is the stable code of the refusal."""

    OTHER_BODY = (
        "conflict_request_other",
        _("Another request was already stored under this number: send yours under a new one."),
    )
    WHAT_WANTED = "request_what_wanted", _("Say what is asked for.")
    CATEGORY = "request_category", _("Choose one of the categories.")
    NOT_A_GRID = "request_not_a_grid", _("Choose the grid in which it is: every request belongs to one.")
    OUTCOME_WANTED = "request_outcome_wanted", _("Say in a few words what was done.")
    REASON_WANTED = "request_reason_wanted", _("Say in a few words why it is to be done again.")
    IN_HAND = "conflict_request_in_hand", _("Somebody has this request in hand: wait for the result, or call it back.")
    CLOSED = "conflict_request_closed", _("This request is closed: take a new one in if it comes back.")
    NO_RESULT = "request_no_result", _("No result has been reported yet: wait for it, then ask back.")
    UNSPOKEN = (
        "request_unspoken",
        _("Whoever settled it may close it only after speaking with whoever asked: record that first."),
    )
    DUE_PAST = "request_due_past", _("The date is already over: choose a later one.")
