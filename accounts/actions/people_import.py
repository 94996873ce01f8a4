"""The district's own list of people: checked first (预检), stored whole or not at all, and safe to store again."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.enums import PersonFault
from accounts.models import ActivationLink, PersonContact, RoleHeld, User
from accounts.rules import COLUMNS, REQUIRED, Fault, PersonRow, Reading, read_people
from core.audit import act
from core.rules import Refused
from territory.enums import ContactKind, ImportState
from territory.models import Area, ContactPoint, SheetImport
from territory.rules import Scope, SheetUnreadable, is_mobile, read_sheet

KIND = "people"
FAULTS_KEPT = 200


@dataclass
class Plan:
    """What storing would write, the counts of rows, and the faults that only the stored people show."""

    new_users: list[User] = field(default_factory=list)
    changed_users: list[User] = field(default_factory=list)
    new_roles: list[tuple[User, RoleHeld]] = field(default_factory=list)
    changed_roles: list[RoleHeld] = field(default_factory=list)
    contacts: list[tuple[User, list[tuple[str, str]]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0


def check_people(*, content: bytes, file_name: str, by: User, now: datetime) -> SheetImport:
    """Says what storing this list would do, row by row; stores nothing but the report."""
    reading = _read(content, by)
    plan = _plan(reading.rows, by, now)
    faults = sorted([*reading.faults, *plan.faults], key=lambda fault: fault.row)
    with act("accounts.people.check", by=by.actor):
        return SheetImport.objects.create(
            kind=KIND,
            sha256=hashlib.sha256(content).hexdigest(),
            file_name=file_name[:200],
            state=ImportState.REFUSED if faults else ImportState.CHECKED,
            total=reading.total,
            new=plan.new,
            changed=plan.changed,
            same=plan.same,
            bad=len({fault.row for fault in faults}),
            faults=[_said(fault) for fault in faults[:FAULTS_KEPT]],
            actor_id=by.pk,
            actor_name=by.name,
        )


def store_people(*, sheet: SheetImport, content: bytes, by: User, now: datetime) -> SheetImport:
    """Stores a checked list, whole. The same bytes a second time answer the first import and change nothing."""
    if sheet.kind != KIND or hashlib.sha256(content).hexdigest() != sheet.sha256:
        raise Refused("import.other_file", _("This is not the file that was checked. Check it first."), field="file")
    with act("accounts.people.import", by=by.actor):
        _one_at_a_time()
        done = SheetImport.objects.filter(kind=KIND, sha256=sheet.sha256, state=ImportState.STORED).first()
        if done is not None:
            return done
        # Read anew: between check and store somebody else may have changed a person.
        reading = _read(content, by)
        plan = _plan(reading.rows, by, now)
        if reading.faults or plan.faults:
            raise Refused(
                "import.faults",
                _("The list has errors. Mend the rows named in the check, then check again."),
                field="file",
            )
        _write(plan, now)
        sheet.state, sheet.stored_at = ImportState.STORED, now
        sheet.new, sheet.changed, sheet.same = plan.new, plan.changed, plan.same
        sheet.save(update_fields=["state", "stored_at", "new", "changed", "same", "updated_at"])
    return sheet


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.people.import'))")


def _read(content: bytes, by: User) -> Reading:
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED)
    except SheetUnreadable as error:
        raise Refused(
            f"import.{error.fault.value}", error.fault.label, field="file", params={"value": error.value}
        ) from error
    areas = frozenset(Area.objects.filter(retired_at__isnull=True).values_list("code", flat=True))
    return read_people(sheet, areas=areas, scope=by.scope_for("people.import"))


def _said(fault: Fault) -> dict[str, object]:
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "sentence": _sentence(fault, "zh-hans"),
        "sentence_en": _sentence(fault, "en"),
    }


def _sentence(fault: Fault, language: str) -> str:
    with translation.override(language):
        sentence = str(fault.code.label)
    return sentence % fault.params if fault.params else sentence


def _plan(rows: Iterable[PersonRow], by: User, now: datetime) -> Plan:
    """Compares the good rows with what is stored, in three statements for any number of rows."""
    people: dict[str, list[PersonRow]] = {}
    for row in rows:
        people.setdefault(row.phone, []).append(row)
    usernames = {row.username or _own_name(row) for group in people.values() for row in group}
    stored = list(
        User.objects.filter(Q(phone__in=people) | Q(username__in=usernames)).prefetch_related(
            "roles_held", "contacts__contact_point"
        )
    )
    by_phone = {user.phone: user for user in stored}
    by_username = {user.username: user for user in stored}
    scope = by.scope_for("people.import")
    plan = Plan()
    for group in people.values():
        username = next((row.username for row in group if row.username), "")
        user = by_phone.get(group[0].phone) or by_username.get(username)
        if fault := _conflict(group[0], username, user, by_username.get(username)):
            plan.faults.append(fault)
            continue
        email = next((row.email for row in group if row.email), "")
        made = user is None
        if user is None:
            user = User(username=username or _free_name(group[0], by_username), phone=group[0].phone)
            user.password = make_password(None)
        moved = _identify(user, group[0], username, email)
        if moved and not made and not _is_ours(user, scope, now):
            plan.faults.append(Fault(group[0].row, "姓名", group[0].name, PersonFault.PERSON_OUTSIDE))
            continue
        moved |= _contacts(plan, user, group, made)
        if made:
            plan.new_users.append(user)
        elif moved:
            plan.changed_users.append(user)
        for row in group:
            _role(plan, user, row, made, moved, now)
    return plan


def _own_name(row: PersonRow) -> str:
    return f"u{row.phone.removeprefix('+86')}"


def _free_name(row: PersonRow, taken: dict[str, User]) -> str:
    return f"{_own_name(row)}-{secrets.token_hex(2)}" if _own_name(row) in taken else _own_name(row)


def _conflict(row: PersonRow, username: str, user: User | None, namesake: User | None) -> Fault | None:
    if user is None:
        return None
    if username and namesake is not None and namesake.pk != user.pk:
        return Fault(row.row, "登录名", username, PersonFault.USERNAME_TAKEN)
    if user.name != row.name:
        if user.phone == row.phone:
            return Fault(row.row, "手机", row.phone, PersonFault.PHONE_TAKEN)
        return Fault(row.row, "登录名", username, PersonFault.USERNAME_TAKEN)
    return None


def _is_ours(user: User, scope: Scope, now: datetime) -> bool:
    # Whoever changes a number can sign in with it: nobody reaches above his own areas that way.
    return not user.is_superuser and all(scope.covers(held.area_code) for held in user.roles_at(now))


def _identify(user: User, row: PersonRow, username: str, email: str) -> bool:
    """Writes name, number, sign-in name and e-mail on the object; True when one of them changed."""
    before = (user.name, user.phone, user.username, user.email, user.is_active)
    if user.phone != row.phone:
        user.phone, user.phone_verified_at = row.phone, None
    user.name, user.username, user.email, user.is_active = (
        row.name,
        username or user.username,
        email or user.email,
        True,
    )
    return before != (user.name, user.phone, user.username, user.email, user.is_active)


def _contacts(plan: Plan, user: User, group: list[PersonRow], made: bool) -> bool:
    phones = list(dict.fromkeys(phone for row in group for phone in row.phones))
    wanted = [(ContactKind.MOBILE if is_mobile(phone) else ContactKind.LANDLINE, phone) for phone in phones]
    addresses = [(kind.value, phone) for kind, phone in wanted] + (
        [(ContactKind.EMAIL.value, user.email)] if user.email else []
    )
    if not made:
        held = sorted(user.contacts.all(), key=lambda contact: contact.rank)
        present = [(contact.contact_point.kind, contact.contact_point.address) for contact in held]
        if present == addresses:
            return False
    plan.contacts.append((user, addresses))
    return True


def _role(plan: Plan, user: User, row: PersonRow, made: bool, moved: bool, now: datetime) -> None:
    since = _midnight(row.since) if row.since else now
    until = _midnight(row.until + timedelta(days=1)) if row.until else None
    held = None
    if not made:
        held = next(
            (
                each
                for each in user.roles_held.all()
                if (each.role, each.area_code) == (row.role, row.area_code)
                and (each.until is None or each.until > now or each.since == since)
            ),
            None,
        )
    if until and until <= (held.since if held else since):
        plan.faults.append(Fault(row.row, "止", row.until.isoformat() if row.until else "", PersonFault.ENDED))
    elif held is None:
        plan.new_roles.append((user, RoleHeld(role=row.role, area_code=row.area_code, since=since, until=until)))
        plan.new, plan.changed = plan.new + made, plan.changed + (not made)
    elif held.until != until:
        held.until = until
        plan.changed_roles.append(held)
        plan.changed += 1
    else:
        plan.changed, plan.same = plan.changed + moved, plan.same + (not moved)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _write(plan: Plan, now: datetime) -> None:
    User.objects.bulk_create(plan.new_users)
    for user in plan.changed_users:
        user.updated_at = now
    User.objects.bulk_update(
        plan.changed_users,
        ["name", "phone", "username", "email", "is_active", "phone_verified_at", "updated_at"],
        batch_size=500,
    )
    # A link on its way to the old number must not open any more.
    ActivationLink.objects.filter(user__in=plan.changed_users, used_at__isnull=True).update(expires_at=now)
    for user, role in plan.new_roles:
        role.user = user
    RoleHeld.objects.bulk_create([role for _user, role in plan.new_roles])
    RoleHeld.objects.bulk_update(plan.changed_roles, ["until"], batch_size=500)
    _write_contacts(plan)


def _write_contacts(plan: Plan) -> None:
    wanted = {address for _user, addresses in plan.contacts for address in addresses}
    ContactPoint.objects.bulk_create(
        [ContactPoint(kind=kind, address=address) for kind, address in sorted(wanted)], ignore_conflicts=True
    )
    points = {
        (point.kind, point.address): point
        for point in ContactPoint.objects.filter(address__in={address for _kind, address in wanted})
    }
    PersonContact.objects.filter(user__in=[user.pk for user, _addresses in plan.contacts]).delete()
    PersonContact.objects.bulk_create(
        PersonContact(user=user, contact_point=points[address], rank=rank)
        for user, addresses in plan.contacts
        for rank, address in enumerate(addresses, start=1)
    )
