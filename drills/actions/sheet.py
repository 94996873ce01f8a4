"""The exercise plan as the office writes it in a sheet: checked first (预检), then laid over the plan by number."""

import hashlib
from collections import Counter
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleHeld, User
from core.audit import act
from core.rules import Refused
from drills.actions.plans import PLAIN, InjectContent, locked_plan, put
from drills.models import DrillPlan, Inject
from drills.rules import COLUMNS, REQUIRED, Fault, InjectRow, Reading, read_injects
from territory.enums import ImportState
from territory.models import Area, SheetImport
from territory.rules import SheetUnreadable, read_sheet

FAULTS_KEPT = 200


def check_injects(*, plan: DrillPlan, content: bytes, file_name: str, by: User) -> SheetImport:
    """Says what storing this sheet would do to the plan, row by row; stores nothing but the report."""
    reading = _read(plan, content, by)
    new, changed, same = _compared(plan, reading.rows)
    with act("drills.sheet.check", by=by.actor):
        return SheetImport.objects.create(
            kind=kind_of(plan),
            sha256=hashlib.sha256(content).hexdigest(),
            file_name=file_name[:200],
            state=ImportState.REFUSED if reading.faults else ImportState.CHECKED,
            total=reading.total,
            new=new,
            changed=changed,
            same=same,
            bad=len({fault.row for fault in reading.faults}),
            faults=[_said(fault) for fault in reading.faults[:FAULTS_KEPT]],
            actor_id=by.pk,
            actor_name=by.name,
        )


def store_injects(*, plan: DrillPlan, sheet: SheetImport, content: bytes, by: User, now: datetime) -> SheetImport:
    """Stores a checked sheet, whole: injects are found by number, what the sheet does not name stays.

    The same bytes a second time answer the first import and change nothing.
    """
    digest = hashlib.sha256(content).hexdigest()
    if sheet.kind != kind_of(plan) or digest != sheet.sha256:
        raise Refused("import.other_file", _("This is not the file that was checked. Check it first."), field="file")
    with act("drills.sheet.store", by=by.actor):
        row = locked_plan(plan)
        done = SheetImport.objects.filter(kind=sheet.kind, sha256=digest, state=ImportState.STORED).first()
        if done is not None:
            return done
        reading = _read(row, content, by)
        if reading.faults:
            raise Refused(
                "import.faults",
                _("The list has errors. Mend the rows named in the check, then check again."),
                field="file",
            )
        sheet.new, sheet.changed, sheet.same = _compared(row, reading.rows)
        known = {inject.number: inject for inject in row.injects.all()}
        people = {person.name: person for person in _people(by)}
        for one in reading.rows:
            inject = known.get(one.number) or Inject()
            inject.plan = row
            put(inject, _content(one, people))
            inject.save()
        sheet.state, sheet.stored_at = ImportState.STORED, now
        sheet.save(update_fields=["state", "stored_at", "new", "changed", "same", "updated_at"])
    return sheet


def kind_of(plan: DrillPlan) -> str:
    """Imports of one plan do not answer for another."""
    return f"drill:{plan.pk}"


def _people(by: User) -> list[User]:
    held = RoleHeld.objects.in_scope(by.scope_for("drills.plan"))
    return list(User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("pk"))


def _read(plan: DrillPlan, content: bytes, by: User) -> Reading:
    try:
        sheet = read_sheet(content, COLUMNS, REQUIRED)
    except SheetUnreadable as error:
        raise Refused(
            f"import.{error.fault.value}", error.fault.label, field="file", params={"value": error.value}
        ) from error
    scope = by.scope_for("drills.plan")
    codes = Area.objects.filter(retired_at__isnull=True).values_list("code", flat=True)
    names = Counter(person.name for person in _people(by))
    return read_injects(
        sheet, areas=frozenset(code for code in codes if scope.covers(code)), people=names, home=plan.area_code
    )


def _content(row: InjectRow, people: dict[str, User]) -> InjectContent:
    return InjectContent(
        number=row.number,
        minute=row.offset,
        kind=row.kind.value,
        title=row.title,
        area_code=row.area_code,
        text=row.text,
        receiver=row.receiver.value,
        role=row.role,
        person=people.get(row.person),
        level=row.level,
        expected=row.expected[:200],
        expect_ack_minutes=row.acknowledge_minutes,
        expect_done_minutes=row.done_minutes,
        objective=row.objective,
        needs_controller=row.needs_controller,
    )


def _compared(plan: DrillPlan, rows: list[InjectRow]) -> tuple[int, int, int]:
    """How many rows are new, changed, the same."""
    known = {inject.number: inject for inject in plan.injects.select_related("objective", "person")}
    new = changed = 0
    for row in rows:
        inject = known.get(row.number)
        if inject is None:
            new += 1
            continue
        content = _content(row, {inject.person.name: inject.person} if inject.person else {})
        differs = any(getattr(content, name) != getattr(inject, name) for name in PLAIN)
        changed += differs or content.objective != (inject.objective.text if inject.objective else "")
    return new, changed, len(rows) - new - changed


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
