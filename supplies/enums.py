"""Fixed lists of stores, movements and their papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# What the duties of this app are called; rules know no gettext, so the words are marked here.
ISSUE_PAPERS_LABEL = gettext_noop("Papers of an emergency issue")
TAKE_DELIVERY_LABEL = gettext_noop("Take delivery")


class StoreMode(models.TextChoices):
    """Whose goods lie in a store."""

    OWN = "own", _("Own stock")
    ENTRUSTED = "entrusted", _("Entrusted stock")
    PLEDGED = "pledged", _("Pledged stock")
    CONTRACT = "contract", _("Contract stock")


class ItemCategory(models.TextChoices):
    """The usual classes of flood supplies, and what people need."""

    MATERIAL = "material", _("Defence material")
    EQUIPMENT = "equipment", _("Defence equipment")
    SUPPORT = "support", _("Supporting equipment")
    LIVING = "living", _("Relief goods")


class MovementKind(models.TextChoices):
    """What a row of the ledger does."""

    RECEIVE = "receive", pgettext_lazy("goods", "Received")
    ISSUE = "issue", pgettext_lazy("goods", "Issued")
    RETURN = "return", pgettext_lazy("goods", "Returned")
    TRANSFER_OUT = "transfer_out", _("Left for transfer")
    TRANSFER_IN = "transfer_in", _("Arrived by transfer")
    ADJUST = "adjust", _("Stock-take adjustment")
    LOSS = "loss", _("Loss")
    REVERSE = "reverse", _("Reversal")


class IssueState(models.TextChoices):
    """Where an issue stands."""

    REQUESTED = "requested", _("Waiting for approval")
    APPROVED = "approved", _("Approved, to be handed out")
    ISSUED = "issued", _("Handed out")
    REFUSED = "refused", pgettext_lazy("goods", "Refused")


class TransferState(models.TextChoices):
    """Where a transfer stands."""

    LOADING = "loading", pgettext_lazy("goods", "Loading")
    ON_THE_WAY = "on_the_way", _("On the way")
    RECEIVED = "received", _("Delivered in full")
    RECEIVED_SHORT = "received_short", _("Delivered short")
    SETTLED = "settled", _("Difference settled")
    CANCELLED = "cancelled", pgettext_lazy("goods", "Called off")


STOCKTAKE_LABEL = gettext_noop("Stock-take")
KEEPER_TOLD = gettext_noop("Flood supplies: {words}. See {link}")


class StocktakeState(models.TextChoices):
    """Where a stock-take stands."""

    COUNTING = "counting", _("Being counted")
    COUNTED = "counted", _("Waiting for the recount")
    RECOUNTING = "recounting", _("Being recounted")
    REVIEWED = "reviewed", _("Waiting for approval of the stock-take")
    BOOKED = "booked", _("Booked")
    CANCELLED = "cancelled", _("Stock-take called off")


class Part(models.TextChoices):
    """The three parts of readiness."""

    SUFFICIENT = "sufficient", _("Sufficient")
    MOVABLE = "movable", _("Movable")
    USABLE = "usable", _("Usable")


class Standing(models.TextChoices):
    """How a part of readiness stands; what nobody has proven is unknown, never ready."""

    READY = "ready", _("Ready to go")
    UNKNOWN = "unknown", _("Not proven")
    NOT_READY = "not_ready", _("Not ready")


class Why(models.TextChoices):
    """Why a part of readiness stands as it does."""

    PROVEN = "proven", _("proven")
    TOO_LITTLE = "too_little", _("less than the quota")
    NO_KEEPER = "no_keeper", _("no keeper named")
    NO_VEHICLE = "no_vehicle", _("no vehicle named")
    NOT_TIMED = "not_timed", _("loading never timed")
    TOO_SLOW = "too_slow", _("loading takes too long")
    OUT_OF_DATE = "out_of_date", _("too little of it in date")
    NEVER_PROVEN = "never_proven", _("never proven")
    TOO_OLD = "too_old", _("the proof is too old")
    FAILED = "failed", _("failed the last check")


class StocktakeObjection(models.TextChoices):
    """Why a stock-take or a proof is refused. The value is the stable code of the refusal."""

    SAME_COUNTER = "stocktake.same_counter", _("Another person than the counter must recount: choose somebody else.")
    OWN_COUNT = "stocktake.own_count", _("A third person approves: whoever counted or recounted does not.")
    NOT_YOURS = "stocktake.not_yours", _("Somebody else was asked to count here: the order names who.")
    NOT_COUNTED = "stocktake.not_counted", _("Not every lot is counted yet: enter the figures that are missing.")
    STRANGE_COUNT = (
        "stocktake.strange_count",
        _("Enter what you counted as a number from 0, with three decimals at most."),
    )
    FIGURES_CHANGED = (
        "conflict.figures_changed",
        _("Stock was booked meanwhile and the differences have changed: look at them again and approve once more."),
    )
    REASON_WANTED = "stocktake.reason_wanted", _("The count differs from the ledger: give the reason.")
    NOT_NOW = "conflict.stocktake_state", _("The stock-take has gone on meanwhile: the page shows where it stands.")
    RUNNING = "conflict.stocktake_running", _("A stock-take of this store is running: finish or cancel it first.")
    NOTHING_THERE = "stocktake.nothing_there", _("The ledger shows nothing in this store: receive goods first.")
    OUTSIDE = "stocktake.outside_area", _("This store lies outside the area you answer for.")
    STORE_PART = "proof.store_part", _("Sufficiency is proven by a booked stock-take: order one.")
    STRANGE_MINUTES = "proof.strange_minutes", _("Give the minutes of loading as a whole number from 1 to 600.")
    PROOF_IN_FUTURE = "proof.in_future", _("The time lies in the future: enter when it was checked.")


class StockFault(models.TextChoices):
    """What can be wrong in a sheet of stock. The label is the sentence that people read: it names the mend."""

    STORE_MISSING = "store_missing", _("The store is missing. Enter its code or name.")
    STORE_UNKNOWN = "store_unknown", _("There is no such store. Register it first, or correct the name.")
    STORE_OUTSIDE = "store_outside", _("This store is not yours to fill. Remove the row or ask the district.")
    ITEM_MISSING = "item_missing", _("The item is missing. Enter its name.")
    TEXT_LONG = "text_long", _("This text is too long. Shorten it to %(most)s characters.")
    UNIT_MISSING = "unit_missing", _("The unit is missing. Write for example 条, 台 or m.")
    UNIT_OTHER = "unit_other", _("This item is counted in %(unit)s. Convert the figure and correct the unit.")
    NAME_OTHER = "name_other", _("Under this code stands %(name)s. Correct the code or the name.")
    CODE_OTHER = "code_other", _("This item stands on the books under the code %(code)s. Correct the code.")
    LOT_OTHER = "lot_other", _("This lot stands on the books with other dates. Correct the dates or the lot number.")
    CATEGORY_UNKNOWN = (
        "category_unknown",
        _("There is no such class. Write 防御材料, 防御装备, 配套装备 or 生活物资, or leave it empty."),
    )
    QUANTITY_MISSING = "quantity_missing", _("The quantity is missing. Enter a number; 0 if there is none.")
    QUANTITY_WRONG = "quantity_wrong", _("This is no quantity. Write a number from 0 with three decimals at most.")
    QUOTA_WRONG = "quota_wrong", _("This is no quota. Write a number above 0, or leave it empty.")
    DAY_WRONG = "stock_day_wrong", _("This is no date. Write it as 2026-05-15, or leave it empty.")
    DAYS_SWAPPED = "days_swapped", _("It expires before it was made. Correct one of the dates.")
    ROW_TWICE = "stock_row_twice", _("The same lot of this store stands in row %(row)s. Add the two up in one row.")
    DISAGREES = "disagrees", _("Row %(row)s says something else of the same item or lot. Correct one of them.")
    STOCK_THERE = (
        "stock_there",
        _("The ledger has %(held)s of this lot here already. Order a stock-take, or book a receipt, instead."),
    )


class Objection(models.TextChoices):
    """Why the platform refuses. The value is the stable code of the refusal."""

    OUTSIDE = "outside_area", _("This store lies outside the area you answer for.")
    BAD_QUANTITY = "bad_quantity", _("“%(value)s” is no quantity: enter a number above 0 with at most 3 decimals.")
    NOTHING = "nothing_entered", _("Nothing is entered: give the quantity of at least one item.")
    NOT_ENOUGH = (
        "conflict_not_enough",
        _("%(item)s: %(wanted)s wanted, %(present)s in the store. Enter less, or take it from another store."),
    )
    IN_FUTURE = "in_future", _("The time lies in the future: enter when it happened.")
    STORE_RETIRED = "store_retired", _("This store has been given up: choose another one.")
    CODE_TAKEN = "conflict_code_taken", _("The code %(code)s is taken: choose another one.")
    OTHER_LOT = (
        "conflict_other_lot",
        _("Lot %(lot)s of this item is on the books with other dates: enter the same dates or another lot number."),
    )
    REASON_WANTED = "reason_wanted", _("Please say why.")
    DOCUMENT_WANTED = "document_wanted", _("Enter the number of the papers.")
    OWN_REQUEST = "own_request", _("Another person than the one who asks must approve.")
    NOT_WAITING = "conflict_not_waiting", _("This was decided before: the page shows the present state.")
    NOT_APPROVED = "conflict_not_approved", _("This issue is not approved: it must be approved before goods leave.")
    PAPERS_THERE = "conflict_papers_there", _("The papers of this issue are handed in already.")
    NO_PAPERS_OWED = "no_papers_owed", _("No papers are owed for this issue: it was approved before it left.")
    NOT_LOADING = "conflict_not_loading", _("This transfer has left already or was called off.")
    NOT_ON_THE_WAY = "conflict_not_on_the_way", _("This delivery is not on the way: the page shows the present state.")
    NO_DESTINATION = "no_destination", _("Say where it goes: another store, or a place.")
    SAME_STORE = "same_store", _("It cannot go to the store it comes from: choose another one.")
    MORE_THAN_SENT = (
        "more_than_sent",
        _("%(item)s: %(sent)s were sent, %(counted)s counted. Enter at most what was sent."),
    )
    NOT_COUNTED = "not_counted", _("%(item)s is not counted: enter 0 when none has arrived.")
    NOTHING_MISSING = "conflict_nothing_missing", _("Nothing of this delivery is missing any more.")
    OWN_COUNT = "own_count", _("Another person than the one who counted must settle the difference.")
    OWN_MOVEMENT = "own_movement", _("Another person than the one who entered it must reverse it.")
    REVERSED = "conflict_reversed", _("This row has been reversed already.")
    NOT_REVERSIBLE = (
        "not_reversible",
        _("A row of a transfer, a reversal or goods brought back in part is not reversed: settle it on its own page."),
    )
    MORE_THAN_OUT = "more_than_out", _("%(item)s: only %(out)s are still out. Enter at most that.")
    BAD_PHONE = "bad_phone", _("This is no telephone number: enter 11 digits, or a landline with its area code.")
    SAME_DEPUTY = "same_deputy", _("The deputy must be another person than the keeper.")
