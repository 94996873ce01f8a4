"""The district's own list of people, in the forms in which it comes."""

import base64
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.enums import PersonFault, Role
from accounts.models import PersonContact, RoleHeld, User
from core.rules import Refused
from territory.enums import ImportState
from territory.models import Area, SheetImport
from tests.accounts.sheets import csv, xlsx
from tests.casts import COMMUNITY, GRID, GRIDS, NIGHT, OTHER_GRID, SUBDISTRICT, Cast, make_person

GOOD = f"王敏,13811110001,网格员,{GRID},,,,"


def check(content: bytes, by: User) -> SheetImport:
    return actions.check_people(content=content, file_name="名单.xlsx", by=by, now=NIGHT)


def store(content: bytes, by: User, now: datetime = NIGHT) -> SheetImport:
    return actions.store_people(sheet=check(content, by), content=content, by=by, now=now)


def counts(sheet: SheetImport) -> tuple[int, int, int, int]:
    return sheet.new, sheet.changed, sheet.same, sheet.bad


def test_a_check_stores_nobody(cast: Cast) -> None:
    sheet = check(csv(GOOD), cast.administrator)
    assert (sheet.state, counts(sheet)) == (ImportState.CHECKED, (1, 0, 0, 0))
    assert not User.objects.filter(name="王敏").exists()


def test_a_stored_worker_holds_the_role_from_now_is_reached_and_cannot_sign_in_before_activation(cast: Cast) -> None:
    store(csv(GOOD), cast.administrator)
    worker = User.objects.get(phone="+8613811110001")
    held = worker.roles_held.get()
    assert (held.role, held.area_code, held.since, held.until) == (Role.GRID_WORKER, GRID, NIGHT, None)
    assert not worker.has_usable_password()
    contact = worker.contacts.get()
    assert (contact.rank, contact.contact_point.address) == (1, "+8613811110001")


def test_title_rows_ditto_signs_two_phones_and_other_heads_are_understood(cast: Cast) -> None:
    content = xlsx(
        [
            ["王 敏", "138-1111-0001/0375-2900021", "网格员", float(GRID), "", "wang@example.org"],
            ["李强", 13811110002.0, "同上", GRIDS[1], "", ""],
            ["合计", "2 人", "", "", "", ""],
        ],
        head=["人员姓名", "联系电话", "岗位", "网格编码", "登录名", "邮箱"],
        title="东安路街道防汛网格员名单（2026年）",
    )
    sheet = store(content, cast.administrator)
    assert counts(sheet) == (2, 0, 0, 0)
    wang = User.objects.get(name="王敏")
    addresses = [contact.contact_point.address for contact in wang.contacts.order_by("rank")]
    assert addresses == ["+8613811110001", "+863752900021", "wang@example.org"]
    assert User.objects.get(name="李强").roles_held.get().role == Role.GRID_WORKER


def test_from_and_until_are_days_of_shanghai_and_the_last_day_counts(cast: Cast) -> None:
    store(csv(f"王敏,13811110001,网格员,{GRID},,,2026-06-01,2026年9月30日"), cast.administrator)
    held = RoleHeld.objects.get(user__name="王敏")
    assert held.since == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert held.until == datetime(2026, 9, 30, 16, tzinfo=UTC)


BAD = [
    (f",13811110001,网格员,{GRID},,,,", "姓名", PersonFault.NAME_MISSING),
    (f"{'长' * 41},13811110001,网格员,{GRID},,,,", "姓名", PersonFault.NAME_LONG),
    (f"王敏,,网格员,{GRID},,,,", "手机", PersonFault.PHONE_MISSING),
    (f"王敏,1381111,网格员,{GRID},,,,", "手机", PersonFault.PHONE_WRONG),
    (f"王敏,0375-2900021,网格员,{GRID},,,,", "手机", PersonFault.PHONE_WRONG),
    (f"王敏,13811110001/转王,网格员,{GRID},,,,", "手机", PersonFault.PHONE_WRONG),
    (f"王敏,13900000001,网格员,{GRID},,,,", "手机", PersonFault.PHONE_TAKEN),
    (f"王敏,13811110001,,{GRID},,,,", "角色", PersonFault.ROLE_MISSING),
    (f"王敏,13811110001,河长,{GRID},,,,", "角色", PersonFault.ROLE_UNKNOWN),
    ("王敏,13811110001,网格员,,,,,", "区域编码", PersonFault.AREA_MISSING),
    ("王敏,13811110001,网格员,4104030,,,,", "区域编码", PersonFault.AREA_SHAPE),
    ("王敏,13811110001,网格员,410403009,,,,", "区域编码", PersonFault.AREA_UNKNOWN),
    (f"王敏,13811110001,网格员,{GRID},13811110009,,,", "登录名", PersonFault.USERNAME_WRONG),
    (f"王敏,13811110001,网格员,{GRID},commander,,,", "登录名", PersonFault.USERNAME_TAKEN),
    (f"王敏,13811110001,网格员,{GRID},,wang.example.org,,", "邮箱", PersonFault.EMAIL_WRONG),
    (f"王敏,13811110001,网格员,{GRID},,,六月,", "起", PersonFault.DAY_WRONG),
    (f"王敏,13811110001,网格员,{GRID},,,2026-06-01,2026-05-01", "止", PersonFault.ENDS_BEFORE),
    (f"王敏,13811110001,网格员,{GRID},,,,2026-05-01", "止", PersonFault.ENDED),
]


@pytest.mark.parametrize(("line", "column", "fault"), BAD, ids=[f"{fault}-{column}" for _, column, fault in BAD])
def test_a_bad_cell_is_named_with_its_row_and_column_and_the_mend_in_both_languages(
    cast: Cast, line: str, column: str, fault: PersonFault
) -> None:
    sheet = check(csv(f"李强,13811110002,网格员,{GRIDS[1]},,,,", line), cast.administrator)
    assert (sheet.state, sheet.bad) == (ImportState.REFUSED, 1)
    with translation.override("en"):
        english = str(fault.label)
    assert [(each["row"], each["column"], each["sentence_en"]) for each in sheet.faults] == [(3, column, english)]
    assert sheet.faults[0]["sentence"]


def test_rows_that_contradict_each_other_name_each_other(cast: Cast) -> None:
    content = csv(
        GOOD,
        f"李强,13811110001,网格员,{GRIDS[1]},,,,",
        GOOD,
        f"赵六,13811110006,网格员,{GRID},zhao,,,",
        f"钱七,13811110007,网格员,{GRID},zhao,,,",
    )
    found = [
        (each["row"], each["column"], re.findall(r"\d+", str(each["sentence_en"])))
        for each in check(content, cast.administrator).faults
    ]
    assert found == [(3, "手机", ["2"]), (4, "姓名", ["2"]), (6, "登录名", ["5"])]


def test_one_bad_row_leaves_everything_unstored(cast: Cast) -> None:
    content = csv(GOOD, f"李强,1,网格员,{GRID},,,,")
    with pytest.raises(Refused):
        store(content, cast.administrator)
    assert not User.objects.filter(name="王敏").exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04nonsense", b"a,b\n1,2\n", "姓名,手机\n王敏,138\n".encode(), b"\xff\xfe\x00"]
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(cast: Cast, content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        check(content, cast.administrator)
    assert refused.value.field == "file"


def test_storing_twice_changes_nothing(cast: Cast) -> None:
    first = store(csv(GOOD), cast.administrator)
    again = store(csv(GOOD), cast.administrator, NIGHT + timedelta(days=1))
    assert again.pk == first.pk
    other_bytes = csv(GOOD, "")
    assert counts(store(other_bytes, cast.administrator, NIGHT + timedelta(days=1))) == (0, 0, 1, 0)
    assert RoleHeld.objects.filter(user__name="王敏").count() == 1
    assert PersonContact.objects.filter(user__name="王敏").count() == 1


def test_a_new_list_changes_the_number_by_sign_in_name_and_links_to_the_old_number_open_no_more(cast: Cast) -> None:
    store(csv(f"王敏,13811110001,网格员,{GRID},wangmin,,,"), cast.administrator)
    worker = User.objects.get(username="wangmin")
    link = actions.issue_activation(users=[worker], by=cast.administrator.actor, now=NIGHT)[worker.pk]
    sheet = store(csv(f"王敏,13811110008,网格员,{GRID},wangmin,,,"), cast.administrator)
    assert counts(sheet) == (0, 1, 0, 0)
    worker.refresh_from_db()
    assert worker.phone == "+8613811110008"
    assert worker.contacts.get().contact_point.address == "+8613811110008"
    with pytest.raises(Refused):
        actions.activate(token=link.split("/")[2], password="river-over-the-bridge", now=NIGHT)


def test_the_street_imports_its_own_areas_and_nobody_of_others(cast: Cast) -> None:
    street = make_person(
        "street", name="街道管理员", phone="+8613811119999", role=Role.ADMINISTRATOR, area_code=SUBDISTRICT
    )
    sheet = check(csv(GOOD, f"李强,13811110002,网格员,{OTHER_GRID},,,,"), street)
    assert [(each["row"], each["column"]) for each in sheet.faults] == [(3, "区域编码")]
    # Giving the commander another number would let whoever holds it sign in as him.
    taking_over = check(csv(f"指挥长,13811110003,网格员,{GRID},commander,,,"), street)
    assert [each["row"] for each in taking_over.faults] == [2]


def test_another_file_than_the_checked_one_is_not_stored(cast: Cast) -> None:
    sheet = check(csv(GOOD), cast.administrator)
    with pytest.raises(Refused):
        actions.store_people(sheet=sheet, content=csv(GOOD, ""), by=cast.administrator, now=NIGHT)


def test_833_workers_are_stored_in_seconds_with_a_fixed_number_of_statements(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    codes = [f"{COMMUNITY}{number:03d}" for number in range(100, 663)]
    Area.objects.bulk_create(Area(code=code, name=code, level="grid") for code in codes)
    content = xlsx([[f"网格员{n}", f"138{n:08d}", "网格员", codes[n % 563]] for n in range(833)])
    begun = time.perf_counter()
    with django_assert_max_num_queries(60):
        sheet = store(content, cast.administrator)
    assert counts(sheet) == (833, 0, 0, 0)
    assert time.perf_counter() - begun < 10
    assert RoleHeld.objects.filter(area_code__in=codes).count() == 833


def test_the_administrator_checks_and_stores_on_the_screen(
    cast: Cast, signed_in: Callable[[User], Client], now: datetime
) -> None:
    client = signed_in(cast.administrator)
    page = client.post("/people/import/", {"file": SimpleUploadedFile("名单.csv", csv(GOOD))}).content.decode()
    sheet = SheetImport.objects.get()
    assert f"/people/import/{sheet.pk}/" in page
    content = base64.b64encode(csv(GOOD)).decode()
    assert client.post(f"/people/import/{sheet.pk}/", {"content": content}).status_code == 302
    assert "王敏" in client.get("/people/").content.decode()
    bad = client.post("/people/import/", {"file": SimpleUploadedFile("坏.csv", csv(f"王敏,1,网格员,{GRID},,,,"))})
    assert "/people/import/" in bad.content.decode()
    assert "Store the list" not in bad.content.decode()


@pytest.mark.parametrize("member", ["commander", "duty_officer", "grid_worker", "auditor", "outsider"])
def test_nobody_else_imports(cast: Cast, signed_in: Callable[[User], Client], member: str) -> None:
    assert signed_in(getattr(cast, member)).get("/people/import/").status_code == 403
