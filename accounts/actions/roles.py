"""Roles begun and ended, people added and replaced."""

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import PersonContact, RoleHeld, User
from accounts.rules import mobile_of
from accounts.signals import person_replaced
from core.audit import act
from core.rules import Refused
from territory.models import Area, ContactPoint


def hold_role(
    *, user: User, role: str, area_code: str, by: User, now: datetime, until: datetime | None = None
) -> RoleHeld:
    """Gives a role over an area from now on; who holds it already keeps it as it is."""
    _refuse_outside(by, area_code)
    if role not in Role.values:
        raise Refused("role.unknown", _("Choose a role from the list."), field="role")
    if not Area.objects.filter(code=area_code, retired_at__isnull=True).exists():
        raise Refused("role.area_unknown", _("There is no area with this code."), field="area_code")
    if until is not None and until <= now:
        raise Refused("role.ends_before", _("The end must lie in the future."), field="until")
    with act("accounts.role.hold", by=by.actor):
        User.objects.select_for_update().get(pk=user.pk)  # two presses at once give one role
        for held in user.roles_held.filter(role=role, area_code=area_code):
            if held.holds_at(now):
                return held
        return user.roles_held.create(role=role, area_code=area_code, since=now, until=until)


def end_role(*, held: RoleHeld, by: User, now: datetime) -> RoleHeld:
    """Ends a role now; one that has ended stays as it was, one not begun yet is taken back whole."""
    _refuse_outside(by, held.area_code)
    with act("accounts.role.end", by=by.actor):
        held = RoleHeld.objects.select_for_update().get(pk=held.pk)
        if held.since >= now:
            held.delete()
        elif held.until is None or held.until > now:
            held.until = now
            held.save(update_fields=["until"])
    return held


def add_person(*, name: str, phone: str, role: str, area_code: str, by: User, now: datetime) -> User:
    """A person with one role; whoever has the phone already is that person, if the name agrees."""
    with act("accounts.person.add", by=by.actor):
        user = _person(name, phone, by, now)
        hold_role(user=user, role=role, area_code=area_code, by=by, now=now)
    return user


def replace_person(*, held: RoleHeld, name: str, phone: str, by: User, now: datetime) -> User:
    """One press: the old one's role ends, the new one holds it, and open duties move along (see `person_replaced`)."""
    with act("accounts.person.replace", by=by.actor):
        successor = _person(name, phone, by, now)
        if successor.pk == held.user_id:
            raise Refused("replace.same", _("That is the same person: enter the successor."), field="phone")
        leaver = held.user
        end_role(held=held, by=by, now=now)
        hold_role(user=successor, role=held.role, area_code=held.area_code, by=by, now=now)
        person_replaced.send(
            sender=User,
            leaver=leaver,
            successor=successor,
            area_code=held.area_code,
            role=held.role,
            by=by,
            now=now,
        )
    return successor


def _refuse_outside(by: User, area_code: str) -> None:
    if not by.scope_for("people.manage").covers(area_code):
        raise Refused("role.outside", _("This area is not one of yours to manage."), field="area_code")


def _person(name: str, phone: str, by: User, now: datetime) -> User:
    number = mobile_of(phone)
    if not name.strip():
        raise Refused("person.name", _("Enter the name."), field="name")
    if number is None:
        raise Refused("person.phone", _("Enter a mobile number of eleven digits."), field="phone")
    user = User.objects.filter(phone=number).first()
    if user is None:
        user = User.objects.create_user(free_username(number), name=name.strip(), phone=number)
        point, _made = ContactPoint.objects.get_or_create(kind="mobile", address=number)
        PersonContact.objects.create(user=user, contact_point=point, rank=1)
        return user
    if user.name != name.strip():
        raise Refused(
            "person.phone_taken",
            _("This number belongs to somebody of another name: check the number or the name."),
            field="phone",
        )
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active", "updated_at"])
    return user


def free_username(phone: str) -> str:
    """A sign-in name for whoever brings none: u and the number, with a tail if somebody once took that."""
    plain = f"u{phone.removeprefix('+86')}"
    return f"{plain}-{secrets.token_hex(2)}" if User.objects.filter(username=plain).exists() else plain
