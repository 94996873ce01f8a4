"""Coming in: by name, by phone, by code, by link; and staying out."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import ActivationLink, SignInCode, User
from accounts.rules import WRONG_CODES_PER_ADDRESS
from core.rules import SYSTEM, Refused
from tests.casts import PASSWORD, Cast

Texts = list[tuple[str, str]]


def enter(client: Client, name: str, password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in/", {"username": name, "password": password, **more}).status_code


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def code_in(texts: Texts) -> str:
    found = re.search(r"\d{6}", texts[-1][1])
    assert found
    return found[0]


@pytest.mark.parametrize(
    "written", ["duty_officer", " duty_officer ", "13900000003", "139 0000 0003", "+8613900000003"]
)
def test_the_duty_officer_signs_in_by_name_or_by_phone(cast: Cast, client: Client, written: str) -> None:
    assert enter(client, written) == 302
    assert is_in(client)


def test_a_wrong_password_an_unknown_name_and_an_inactive_person_hear_the_same(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.leader.pk).update(is_active=False)
    pages = [
        client.post("/sign-in/", {"username": name, "password": "not-it-at-all"}).content.decode()
        for name in ("duty_officer", "nobody", "leader")
    ]
    said = [re.findall(r'note-text">(.*?)<', page) for page in pages]
    assert said[0]
    assert said[0] == said[1] == said[2]
    assert not is_in(client)


def test_an_unknown_name_costs_a_hashing_like_a_known_one(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    enter(client, "nobody", "some-password")
    assert hashed == ["some-password"]


def test_after_eight_wrong_passwords_account_and_address_are_locked_and_the_page_says_what_to_do(
    cast: Cast, client: Client
) -> None:
    for _ in range(8):
        enter(client, "duty_officer", "wrong")
    locked = client.post("/sign-in/", {"username": "duty_officer", "password": PASSWORD})
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert "/sign-in/" in locked.content.decode()
    assert not is_in(client)
    assert enter(client, "commander") == 302  # another account of the same office
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert enter(elsewhere, "duty_officer") == 302  # the same account from another place


def test_spaces_in_a_number_give_no_new_tries(cast: Cast, client: Client) -> None:
    for tail in range(8):
        enter(client, "139" + " " * tail + "00000003", "wrong")
    assert enter(client, "13900000003") == 429


def test_signing_in_changes_the_session_key(cast: Cast, client: Client) -> None:
    client.post("/language/", {"language": "en"})
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    enter(client, "duty_officer")
    assert client.session.session_key != session.session_key


def test_only_addresses_of_our_own_are_followed_after_signing_in(cast: Cast, client: Client) -> None:
    there = client.post("/sign-in/?next=/me/", {"username": "leader", "password": PASSWORD, "next": "/me/"})
    assert there["Location"] == "/me/"
    away = Client().post(
        "/sign-in/", {"username": "leader", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert away["Location"] == "/"


def test_the_set_up_pages_have_no_door_of_their_own(client: Client) -> None:
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=/admin/"


def test_signing_out_is_a_press_not_a_link(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(cast.leader)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert not is_in(client)


def test_forms_without_their_token_are_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert enter(strict, "duty_officer") == 403
    assert strict.post("/sign-in/code/", {"phone": "13900000006"}).status_code == 403


def test_the_grid_worker_comes_in_by_a_code_and_stays_for_a_month(
    cast: Cast, client: Client, texts: Texts, now: datetime
) -> None:
    client.post("/sign-in/code/", {"phone": "13900000006"})
    assert [phone for phone, _ in texts] == ["+8613900000006"]
    done = client.post("/sign-in/code/enter/", {"phone": "13900000006", "code": code_in(texts)})
    assert done.status_code == 302
    assert is_in(client)
    assert Session.objects.get(pk=client.session.session_key).expire_date == now + timedelta(days=30)


def test_asking_for_a_code_never_tells_whose_phone_is_on_the_list(cast: Cast, client: Client, texts: Texts) -> None:
    def asked(phone: str) -> str:
        page = client.post("/sign-in/code/", {"phone": phone}).content.decode()
        page = re.sub(r"[A-Za-z0-9]{64}", "token", page)
        return page.replace(phone, "N").replace("****" + phone[-4:], "N")

    known, unknown = asked("13900000006"), asked("13900009999")
    assert known == unknown
    assert len(texts) == 1


def test_a_code_works_once_and_not_after_ten_minutes(cast: Cast, texts: Texts, now: datetime) -> None:
    phone = "13900000006"
    actions.request_sign_in_code(phone=phone, now=now)
    with pytest.raises(Refused):
        actions.sign_in_with_code(phone=phone, code=code_in(texts), address="", now=now + timedelta(minutes=10))
    assert actions.sign_in_with_code(phone=phone, code=code_in(texts), address="", now=now) == cast.grid_worker
    with pytest.raises(Refused):
        actions.sign_in_with_code(phone=phone, code=code_in(texts), address="", now=now)


def test_five_wrong_tries_use_a_code_up(cast: Cast, texts: Texts, now: datetime) -> None:
    actions.request_sign_in_code(phone="13900000006", now=now)
    wrong = f"{(int(code_in(texts)) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Refused):
            actions.sign_in_with_code(phone="13900000006", code=wrong, address="", now=now)
    with pytest.raises(Refused):
        actions.sign_in_with_code(phone="13900000006", code=code_in(texts), address="", now=now)


def test_too_many_wrong_codes_from_one_network_are_guessing(cast: Cast, texts: Texts, now: datetime) -> None:
    for number in range(WRONG_CODES_PER_ADDRESS):
        with pytest.raises(Refused, match=r"^The code is wrong|^验证码"):
            actions.sign_in_with_code(phone=f"137{number:08d}", code="000000", address="10.0.0.9", now=now)
    with pytest.raises(Refused, match=r"^Too many|^本网络"):
        actions.sign_in_with_code(phone="13900000006", code="000000", address="10.0.0.9", now=now)


def test_within_a_minute_no_second_code_goes_out_and_the_first_stays_good(
    cast: Cast, texts: Texts, now: datetime
) -> None:
    actions.request_sign_in_code(phone="13900000006", now=now)
    actions.request_sign_in_code(phone="13900000006", now=now + timedelta(seconds=59))
    assert len(texts) == 1
    later = now + timedelta(seconds=60)
    actions.request_sign_in_code(phone="13900000006", now=later)
    assert len(texts) == 2
    with pytest.raises(Refused):
        actions.sign_in_with_code(phone="13900000006", code=re.findall(r"\d{6}", texts[0][1])[0], address="", now=later)


def test_no_code_and_no_link_is_kept_in_readable_form(cast: Cast, texts: Texts, now: datetime) -> None:
    actions.request_sign_in_code(phone="13900000006", now=now)
    assert code_in(texts) not in SignInCode.objects.get().code_hash
    actions.send_activation(users=[cast.grid_worker], by=SYSTEM, now=now)
    token = texts[-1][1].split("/activate/")[1].split("/")[0]
    assert token not in ActivationLink.objects.get().token_sha256


def test_a_link_sets_ones_own_password_once(cast: Cast, client: Client, texts: Texts, now: datetime) -> None:
    newcomer = User.objects.create_user("newcomer", name="新来的", phone="+8613700000001")
    assert actions.send_activation(users=[newcomer], by=SYSTEM, now=now) == 1
    path = "/activate/" + texts[-1][1].split("/activate/")[1]
    assert newcomer.name in client.get(path).content.decode()
    chosen = {"password": "river-over-the-bridge", "again": "river-over-the-bridge"}
    weak = client.post(path, {"password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 200
    assert client.post(path, chosen).status_code == 302
    assert is_in(client)
    again = Client().post(path, {"password": "quite-another-one", "again": "quite-another-one"})
    assert again.status_code == 410
    newcomer.refresh_from_db()
    assert newcomer.check_password("river-over-the-bridge")
    assert newcomer.activated_at == now


def test_a_link_older_than_a_week_and_one_replaced_by_a_newer_open_no_more(
    cast: Cast, client: Client, now: datetime
) -> None:
    first = actions.issue_activation(users=[cast.leader], by=SYSTEM, now=now)[cast.leader.pk]
    second = actions.issue_activation(users=[cast.leader], by=SYSTEM, now=now)[cast.leader.pk]
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert client.get(second).status_code == 410


def test_a_new_password_wants_the_old_one_and_ends_other_sessions(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    here, elsewhere = signed_in(cast.leader), signed_in(cast.leader)
    new = {"password": "river-over-the-bridge", "again": "river-over-the-bridge"}
    assert here.post("/me/password/", {"old": "wrong", **new}).status_code == 200
    assert here.post("/me/password/", {"old": PASSWORD, **new}).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)


def test_the_language_is_the_platforms_until_somebody_chooses(client: Client, db: None) -> None:
    page = client.get("/sign-in/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page["Content-Language"] == "zh-hans"
    client.post("/language/", {"language": "en"})
    assert client.get("/sign-in/")["Content-Language"] == "en"
    client.cookies["django_language"] = "xx"
    assert client.get("/sign-in/")["Content-Language"] == "zh-hans"


def test_the_demo_names_are_shown_in_a_demo_only(client: Client, db: None, settings: Settings) -> None:
    assert b"<code>commander</code>" in client.get("/sign-in/").content
    settings.DEMO = False
    assert b"<code>commander</code>" not in client.get("/sign-in/").content


def test_a_gateway_that_is_away_does_not_tell_whose_phone_is_on_the_list(
    cast: Cast, client: Client, settings: Settings, now: datetime
) -> None:
    settings.SMS_GATEWAY_URL = ""
    assert client.post("/sign-in/code/", {"phone": "13900000006"}).status_code == 200
    assert not SignInCode.objects.exists()


def test_a_weak_new_password_is_refused_at_its_field(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    weak = {"old": PASSWORD, "password": "12345678901", "again": "12345678901"}
    page = signed_in(cast.leader).post("/me/password/", weak).content.decode()
    assert 'id="id_password_error"' in page


@pytest.mark.parametrize(("member", "start"), [("commander", "/"), ("grid_worker", "/field/"), ("outsider", "/me/")])
def test_after_signing_in_everybody_starts_on_a_page_that_opens(
    cast: Cast, client: Client, member: str, start: str
) -> None:
    done = client.post("/sign-in/", {"username": member, "password": PASSWORD})
    assert done["Location"] == start
    assert client.get(start).status_code == 200
