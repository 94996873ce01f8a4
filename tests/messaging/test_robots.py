"""Group robots: only where the provider's robots stand, the key never shown, a test into the group."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from core.rules import SYSTEM, Refused
from messaging import actions, queries, rules
from messaging.enums import Channel, SelfTestOutcome
from messaging.models import GroupRobot, SelfTest
from tests.casts import DISTRICT, SUBDISTRICT, Cast
from tests.messaging.peers import HttpPeer

SignedIn = Callable[[User], Client]
HOSTS = ["qyapi.weixin.qq.com", "oapi.dingtalk.com", "127.0.0.1:8025"]
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=6f1c2a"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=9b8a7c"


@pytest.mark.parametrize(
    ("channel", "url", "good"),
    [
        ("wecom", WECOM, True),
        ("dingtalk", DINGTALK, True),
        ("dingtalk", WECOM, False),
        ("wecom", DINGTALK, False),
        ("wecom", WECOM.replace("https", "http"), False),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", False),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?key=1", False),
        ("wecom", "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=1", False),
        ("wecom", "https://qyapi.weixin.qq.com@10.0.0.1/cgi-bin/webhook/send?key=1", False),
        ("wecom", "https://169.254.169.254/cgi-bin/webhook/send?key=1", False),
        ("wecom", "http://127.0.0.1:8025/cgi-bin/webhook/send?key=1", False),
        ("wecom", WECOM + "#x", False),
        ("wecom", "file:///etc/passwd", False),
        ("wecom", "", False),
    ],
)
def test_only_an_address_that_the_provider_gives_out_is_taken(channel: str, url: str, good: bool) -> None:
    assert rules.is_robot_of(channel, url, HOSTS, loopback=False) is good


def test_this_machine_is_posted_to_in_demonstrations_only_and_where_it_is_configured() -> None:
    assert rules.is_robot_of("wecom", "http://127.0.0.1:8025/x", HOSTS, loopback=True)
    assert not rules.is_robot_of("wecom", "http://127.0.0.1:5432/x", HOSTS, loopback=True)


@pytest.fixture
def group(settings: Settings) -> Iterator[HttpPeer]:
    """A chat group whose robot listens on the loopback."""
    peer = HttpPeer(lambda body: {"errcode": 0})
    settings.ROBOT_HOSTS, settings.DEMO = [*HOSTS, peer.host], True
    settings.GATEWAY_SECRETS = {"GROUP_GATEWAY_SECRET": "sealed"}
    yield peer
    peer.stop()


def added(url: str = WECOM, **more: object) -> GroupRobot:
    given = {"name": "区防指群", "channel": Channel.WECOM, "area_code": DISTRICT, "url": url, "by": SYSTEM}
    return actions.save_robot(**{**given, **more})  # type: ignore[arg-type]


def posted_to(row: GroupRobot) -> str:
    [known] = [one for one in queries.known_accounts()[row.channel] if row.contact_point.address in one.robots]
    return known.robots[row.contact_point.address].url


@pytest.mark.django_db
def test_whoever_reads_the_tables_or_a_log_reads_no_key_and_the_group_still_hears(cast: Cast) -> None:
    row = added()
    moved = actions.save_robot(
        robot=row,
        name=row.name,
        channel=row.channel,
        area_code=DISTRICT,
        url=WECOM.replace("6f1c2a", "77aa"),
        by=SYSTEM,
    )
    assert moved.contact_point == row.contact_point
    assert posted_to(row) == WECOM.replace("6f1c2a", "77aa")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(t::text, ' ') FROM (SELECT r::text FROM messaging_grouprobot r UNION ALL"
            " SELECT e::text FROM messaging_grouprobotevent e UNION ALL SELECT c::text FROM territory_contactpoint c) t"
        )
        [[told]] = cursor.fetchall()
    told += repr(queries.known_accounts())
    assert not [key for key in ("6f1c2a", "77aa", "qyapi") if key in told]


@pytest.mark.django_db
def test_a_robot_outlives_a_change_of_the_secret_and_says_when_nobody_can_read_it(
    cast: Cast, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row = added()
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 8
    settings.SECRET_KEY_FALLBACKS = [before]
    assert posted_to(row) == WECOM
    settings.SECRET_KEY_FALLBACKS = []
    assert not queries.known_accounts()[Channel.WECOM]
    assert "cannot be read" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "https://10.0.0.1/"}, "robot_address"),
        ({"url": ""}, "robot_address"),
        ({"area_code": "410403999"}, "robot_area"),
        ({"secret_name": "SECRET_KEY"}, "robot_secret"),
    ],
)
def test_a_robot_that_cannot_be_right_is_not_stored(cast: Cast, changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        added(**changes)  # type: ignore[arg-type]
    assert (refused.value.code, GroupRobot.objects.count()) == (code, 0)


@pytest.mark.django_db
def test_a_robot_is_added_once_changed_without_its_address_and_retired_there_and_back(cast: Cast) -> None:
    row = added()
    with pytest.raises(Refused) as refused:
        added(name="again")
    assert refused.value.code == "robot_taken"
    changed = actions.save_robot(robot=row, name="防指群", channel="dingtalk", area_code=SUBDISTRICT, by=SYSTEM)
    assert (changed.name, changed.channel, posted_to(changed)) == ("防指群", Channel.WECOM, WECOM)
    assert actions.retire_robot(robot=row, by=cast.administrator.actor, now=cast.administrator.created_at).retired_at
    assert actions.retire_robot(robot=row, by=SYSTEM, now=cast.administrator.created_at).retired_at is None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(c.metadata->>'verb' ORDER BY e.pgh_id) FROM messaging_grouprobotevent e"
            " JOIN pghistory_context c ON c.id = e.pgh_context_id"
        )
        [[verbs]] = cursor.fetchall()
    assert verbs == [
        "messaging.robot.add",
        "messaging.robot.change",
        "messaging.robot.retire",
        "messaging.robot.retire",
    ]


@pytest.mark.django_db
def test_the_administrator_adds_a_robot_tests_it_and_never_sees_its_key_again(
    cast: Cast, signed_in: SignedIn, group: HttpPeer
) -> None:
    client = signed_in(cast.administrator)
    given = {"name": "区防指群", "channel": "wecom", "area_code": DISTRICT, "url": f"{group.url}/send?key=topsecret"}
    bad = client.post(reverse("messaging:robot_new"), {**given, "url": "https://10.0.0.1/?key=topsecret"})
    assert "请从群设置中完整复制" in bad.content.decode()
    assert "topsecret" not in bad.content.decode()
    client.post(reverse("messaging:robot_new"), {**given, "secret_name": "GROUP_GATEWAY_SECRET"})
    row = GroupRobot.objects.get()
    pages = [reverse("messaging:robots"), reverse("messaging:robot", args=[row.pk]), reverse("messaging:accounts")]
    for page in pages:
        shown = client.get(page).content.decode()
        assert not {"topsecret", "sealed", group.host} & {
            word for word in ("topsecret", "sealed", group.host) if word in shown
        }
    answer = client.post(reverse("messaging:robot_test", args=[row.pk]), follow=True).content.decode()
    assert "请看 区防指群 是否收到" in answer
    assert "自检" in group.got[0]["text"]["content"]
    assert SelfTest.objects.get().outcome == SelfTestOutcome.TAKEN
    assert "过一分钟" in client.post(reverse("messaging:robot_test", args=[row.pk]), follow=True).content.decode()


@pytest.mark.django_db
def test_a_duty_officer_tests_a_robot_and_changes_none(cast: Cast, signed_in: SignedIn) -> None:
    row, client = added(), signed_in(cast.duty_officer)
    assert client.get(reverse("messaging:robots")).status_code == 200
    assert client.get(reverse("messaging:robot", args=[row.pk])).status_code == 403
    assert client.post(reverse("messaging:robot_retire", args=[row.pk])).status_code == 403
    assert signed_in(cast.grid_worker).get(reverse("messaging:robots")).status_code == 403
