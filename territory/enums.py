"""Fixed lists of the territory."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The level of an area; each has its own length of code."""

    DISTRICT = "district", _("District")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    COMMUNITY = "community", _("Community")
    VILLAGE = "village", _("Village")
    GRID = "grid", _("Grid")


class ContactKind(models.TextChoices):
    """What kind of address a contact point is."""

    MOBILE = "mobile", _("Mobile phone")
    LANDLINE = "landline", _("Landline")
    EMAIL = "email", _("E-mail")
    ROBOT = "robot", _("Group robot")


class Datum(models.TextChoices):
    """What a pair of coordinates refers to. Stored positions are WGS-84; the others are shifted by some 600 metres."""

    WGS84 = "wgs84", _("WGS-84 (GPS, Tianditu)")
    GCJ02 = "gcj02", _("GCJ-02 (Amap, Tencent)")
    BD09 = "bd09", _("BD-09 (Baidu)")


class MustReach(models.TextChoices):
    """Why a household must be spoken to by a person, whatever its telephone says. Empty: an ordinary household."""

    ORDINARY = "", _("Ordinary household")
    NEAR_DANGER = "near_danger", _("Lives beside a dangerous place")
    ALONE = "alone", _("Old person living alone")
    BEDRIDDEN = "bedridden", _("Bed-ridden or disabled")
    BASEMENT = "basement", _("Lives in a basement")


class DayKind(models.TextChoices):
    """What kind of day a date is for rosters.

    UNKNOWN is an answer: a year whose notice is not loaded is not a year without holidays.
    """

    WORKDAY = "workday", _("Workday")
    WEEKEND = "weekend", _("Weekend")
    HOLIDAY = "holiday", _("Statutory holiday")
    UNKNOWN = "unknown", _("Not known yet")


class ImportState(models.TextChoices):
    """How far an import has come."""

    CHECKED = "checked", _("Checked, nothing stored yet")
    REFUSED = "refused", _("Refused: mend the sheet first")
    STORED = "stored", _("Stored")


class Fault(models.TextChoices):
    """What can be wrong in an imported sheet. The label is the sentence that people read: it names the mend."""

    UNREADABLE = (
        "unreadable",
        _("The file cannot be read. Save it as xlsx without a password, or as CSV in UTF-8, and upload it again."),
    )
    NO_HEAD = "no_head", _("No row with these heads was found: %(value)s. Give the columns these names.")
    COLUMN_TWICE = "column_twice", _("Two columns mean the same: %(value)s. Leave one of them.")
    NO_ROWS = "no_rows", _("The sheet has no rows below its head. Fill it in and upload it again.")
    TOO_MANY_ROWS = "too_many_rows", _("The file is too large. Split it so that no part has more than 300,000 rows.")
    UNPACKS_HUGE = (
        "unpacks_huge",
        _("This workbook unpacks to far more than a list holds. Copy the rows into a new workbook and upload that."),
    )
    MISSING = "missing", _("This cell must not be empty. Fill it in.")
    DIGITS_LOST = (
        "digits_lost",
        _("The spreadsheet turned this code into a number and lost digits. Format the column as text, type it anew."),
    )
    TOO_LONG = "too_long", _("This text is too long. Shorten it.")
    TWICE = "twice", _("The same code stands in another row of this file. Keep one of them.")
    BAD_CODE = "bad_code", _("A code has 6, 9, 12 or 15 digits by its level. Look it up and correct it.")
    UNKNOWN_GRID = "unknown_grid", _("There is no grid with this code. Correct it, or import the grid first.")
    OUTSIDE_SCOPE = "outside_scope", _("This area is not yours to import. Remove the row or ask the district.")
    BAD_PHONE = (
        "bad_phone",
        _("This is no telephone number. Write 11 digits, or a landline with its area code such as 0375-2900021."),
    )
    BAD_PERSONS = "bad_persons", _("The number of persons is a whole number from 0 to 99. Correct it.")
    BAD_FLOOR = "bad_floor", _("The floor is a whole number from -5 to 120. Correct it.")
    BAD_DATE = "bad_date", _("This is no date, or lies in the future. Write it as 2026-05-15.")
    AMBIGUOUS_DATE = "ambiguous_date", _("This can be two dates. Write the year first, as 2026-05-15.")
    BAD_REASON = (
        "bad_reason",
        _("Not one of the reasons. Write 危险点周边, 独居老人, 卧床或残疾 or 居住地下室, or leave the cell empty."),
    )
    BAD_COORDINATE = "bad_coordinate", _("Longitude and latitude are decimal degrees, both or neither. Correct them.")
    AXES_SWAPPED = "axes_swapped", _("Longitude and latitude are swapped. Exchange them.")
    MINUTES_AS_DECIMALS = (
        "minutes_as_decimals",
        _("Degrees, minutes and seconds were typed as decimals. Convert them to decimal degrees."),
    )
    OUTSIDE_DISTRICT = (
        "outside_district",
        _("This position lies more than 2 km outside the district. Correct it or leave it empty."),
    )
    BAD_LEVEL = "bad_level", _("The level does not fit the length of the code. Correct one of them.")
    NO_PARENT = "no_parent", _("The area above, %(value)s, is neither in this file nor stored. Add it.")
    BAD_GEOJSON = "bad_geojson", _("This is no GeoJSON FeatureCollection. Export the borders again as GeoJSON.")
    NO_SUCH_AREA = "no_such_area", _("No area has this code, neither in the file nor stored. Correct the code.")
    BAD_BORDER = (
        "bad_border",
        _("A border is a valid polygon or multipolygon in WGS-84, longitude first. Repair it and export again."),
    )


class RowStatus(models.TextChoices):
    """What an import would do with a row; the report sheet prints it."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Unchanged")
    BAD = "bad", _("With errors")
    SKIPPED = "skipped", _("Not a record")
