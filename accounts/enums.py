"""Fixed lists of people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is, over an area and for a time."""

    COMMANDER = "commander", _("Commander")
    LEADER = "leader", _("Leader on duty")
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    SUBDISTRICT_OFFICER = "subdistrict_officer", _("Sub-district officer")
    GRID_WORKER = "grid_worker", _("Grid worker")
    STOREKEEPER = "storekeeper", _("Storekeeper")
    AGENCY_LIAISON = "agency_liaison", _("Member agency liaison")
    SITE_KEEPER = "site_keeper", _("Site keeper")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("System administrator")


class Unreachable(models.TextChoices):
    """Why somebody who is counted on would not be reached."""

    NO_PHONE = "no_phone", _("has no telephone number")
    DEAD = "dead", _("the number is dead")
    UNVERIFIED = "unverified", _("the number was never verified")


class PersonFault(models.TextChoices):
    """What can be wrong in a list of people. The label is the sentence that people read: it names the mend."""

    NAME_MISSING = "name_missing", _("The name is missing. Enter it, or remove the row.")
    NAME_LONG = "name_long", _("The name has more than 40 characters. Shorten it.")
    PHONE_MISSING = "phone_missing", _("The mobile number is missing. Without it nobody can sign in. Enter it.")
    PHONE_WRONG = "phone_wrong", _("This is no mobile number. Write 11 digits; put / between two numbers.")
    PHONE_TWICE = "phone_twice", _("Row %(row)s has the same number with another name. Correct one of them.")
    PHONE_TAKEN = (
        "phone_taken",
        _("On the platform this number belongs to somebody of another name. Correct it, or replace the person there."),
    )
    ROLE_MISSING = "role_missing", _("The role is missing. Write for example 网格员.")
    ROLE_UNKNOWN = (
        "role_unknown",
        _("There is no such role. Write for example 指挥长, 带班领导, 值班员, 街道值班员, 网格员 or 仓管员."),
    )
    AREA_MISSING = "area_missing", _("The area code is missing. Enter it.")
    AREA_SHAPE = "area_shape", _("An area code has 6, 9, 12 or 15 digits. Look it up and correct it.")
    AREA_UNKNOWN = "area_unknown", _("There is no area with this code. Correct it, or import the area first.")
    AREA_OUTSIDE = "area_outside", _("This area is not yours to import. Remove the row or ask the district.")
    USERNAME_WRONG = (
        "username_wrong",
        _("A sign-in name has 2 to 60 letters, digits or . @ - _ and is no telephone number. Correct or remove it."),
    )
    USERNAME_TWICE = "username_twice", _("The sign-in name does not agree with row %(row)s. Correct one of them.")
    USERNAME_TAKEN = "username_taken", _("This sign-in name belongs to somebody else. Choose another.")
    EMAIL_WRONG = "email_wrong", _("This is no e-mail address. Correct or remove it.")
    DAY_WRONG = "day_wrong", _("This is no date. Write it as 2026-05-15.")
    ENDS_BEFORE = "ends_before", _("The last day lies before the first. Correct one of them.")
    ENDED = "ended", _("The last day is over and no first day is given. Enter the first day, or remove the row.")
    ROW_TWICE = "row_twice", _("The same person with the same role and area stands in row %(row)s. Keep one of them.")
    PERSON_OUTSIDE = (
        "person_outside",
        _("This person also works outside your areas, so the number is not yours to change. Ask the district."),
    )


class MenuLabel(models.TextChoices):
    """The words of the menus, as the duty room, the street and the grid workers say them."""

    DESK = "desk", _("Duty desk")
    SITUATION = "situation", _("Situation map")
    NOTICES = "notices", _("Warnings and call-outs")
    COMMAND = "command", _("Command and dispatch")
    DANGERS = "dangers", _("Dangers and calls for help")
    HAZARDS = "hazards", _("Hazard inspection")
    ROSTER = "roster", _("Duty roster")
    SUPPLIES = "supplies", _("Supplies and teams")
    DRILLS = "drills", _("Plans and drills")
    DUTIES = "duties", _("To do")
    CONTACTS = "contacts", _("Contacts")
    SETTINGS = "settings", _("System settings")
    ME = "me", _("Me")
    DOORS = "doors", _("Household visits")
    DANGER = "danger", _("Report danger")
    MY_AREA = "my_area", _("My area")
    ON_BEHALF = "on_behalf", _("Record for others")
    GLANCE = "glance", _("At a glance")
    TO_SIGN = "to_sign", _("To sign")
    GRIDS = "grids", _("Grids")
