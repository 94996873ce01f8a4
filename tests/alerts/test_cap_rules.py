"""Every rule for an official warning with the message that breaks it, in both dialects: small, and without a database.

Each row names the one fault that is expected of it. What is no error is taken in and shown.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.enums import CapFault, NoticeKind
from alerts.rules.cap import (
    base_of,
    concerned_code,
    event_name,
    fingerprint,
    kind_of,
    level_of,
    named_colour,
    sender_place,
    take,
)
from tests.alerts.cap_messages import CITY, cap, native

NOW = datetime(2026, 7, 19, 15, 0, tzinfo=UTC)
SENT = "2026-07-19T22:58:00+08:00"
SQUARE = "33.70,113.30 33.70,113.40 33.80,113.40 33.80,113.30 33.70,113.30"
LONG = "雨" * 161
NUMBER = "41040041600000_20260719225800"
DRILL = {"headline": "【演练】暴雨红色预警"}
SAME = "预计未来3小时我市降雨量将达100毫米以上。"
NAMELESS = "<areaDesc>市</areaDesc><geocode>PDS,410400000000</geocode>"


def faults(data: bytes) -> list[str]:
    """The codes of everything that is wrong with or odd about a file."""
    return [finding.fault.value for finding in take(data, now=NOW).findings]


def shape(text: str) -> str:
    return f"<areaDesc>东安路</areaDesc><polygon>{text}</polygon>"


def circle(text: str) -> str:
    return f"<areaDesc>东安路</areaDesc><circle>{text}</circle>"


def reference(text: str, **alert: str) -> bytes:
    return cap({"msgType": "Update", "references": text, **alert})


ENGLISH = (
    "<info><language>en-US</language><category>Met</category><event>{event}</event><urgency>Immediate</urgency>"
    "<severity>Extreme</severity><certainty>Likely</certainty>"
    "<eventCode><valueName>CPEAS Event Code</valueName><value>{code}</value></eventCode>"
    "<expires>2026-07-20T04:58:00+08:00</expires><description>{text}</description>"
    f"<area>{CITY}</area></info>"
)

BARE = (
    b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a</identifier>'
    b"<sender>b</sender><sent>2026-07-19T22:58:00+08:00</sent><status>Actual</status><msgType>Cancel</msgType>"
    b"<scope>Public</scope><references>b,c,2026-07-19T22:00:00+08:00</references></alert>"
)

STRUCTURE = [
    ("no XML", b"weather", CapFault.NOT_XML),
    ("nothing", b"", CapFault.NOT_XML),
    ("cut short", cap()[:-9], CapFault.NOT_XML),
    ("two roots", cap() + b"<alert/>", CapFault.NOT_XML),
    ("a document type", b'<!DOCTYPE alert SYSTEM "http://198.51.100.1/a.dtd">' + cap()[39:], CapFault.DOCTYPE),
    ("entities", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>', CapFault.DOCTYPE),
    ("a bomb", b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><alert>&b;</alert>', CapFault.DOCTYPE),
    ("an entity out of nowhere", cap({"note": "&weather;"}), CapFault.NOT_XML),
    ("an unknown encoding", b'<?xml version="1.0" encoding="x-none"?><alert/>', CapFault.NOT_XML),
    ("larger than a megabyte", cap({"note": "x" * 1_000_000}), CapFault.TOO_LARGE),
    ("nested without end", b"<alert>" + b"<a>" * 20 + b"</a>" * 20 + b"</alert>", CapFault.TOO_DEEP),
    ("elements without end", b"<alert>" + b"<a/>" * 20_001 + b"</alert>", CapFault.TOO_DEEP),
    ("another root", b'<rss version="2.0"/>', CapFault.ROOT),
    ("CAP 1.1", cap().replace(b"cap:1.2", b"cap:1.1"), CapFault.NAMESPACE),
    ("a stranger's element", cap({"sound": "x"}), CapFault.UNKNOWN),
    ("a stranger's namespace", cap(more='<note xmlns="urn:x">x</note>'), CapFault.UNKNOWN),
    ("the wrong order", cap({"incidents": "x", "restriction": None}, more="<note>x</note>"), CapFault.ORDER),
    ("twice", cap({"note": "x</note><note>y"}), CapFault.REPEATED),
    ("no identifier", cap({"identifier": None}), CapFault.MISSING),
    ("no certainty", cap(info={"certainty": None}), CapFault.MISSING),
    ("no name of the area", cap(area=CITY.replace("<areaDesc>平顶山市</areaDesc>", "")), CapFault.MISSING),
    ("a nameless code", cap(area="<areaDesc>x</areaDesc><geocode><value>1</value></geocode>"), CapFault.MISSING),
    ("severity Red", cap(info={"severity": "Red", "headline": None}), CapFault.VALUE),
    ("category Flood", cap(info={"category": "Flood"}), CapFault.VALUE),
    ("type Warn", cap({"msgType": "Warn"}), CapFault.VALUE),
    ("language 中文", cap(info={"language": "中文"}), CapFault.VALUE),
    ("time with Z", cap({"sent": "2026-07-19T14:58:00Z"}), CapFault.TIME),
    ("time without zone", cap({"sent": "2026-07-19T22:58:00"}), CapFault.TIME),
    ("fractions of a second", cap({"sent": "2026-07-19T22:58:00.5+08:00"}), CapFault.TIME),
    ("a blank for the T", cap({"sent": "2026-07-19 22:58:00+08:00"}), CapFault.TIME),
    ("the thirtieth of February", cap({"sent": "2026-02-30T22:58:00+08:00"}), CapFault.TIME),
    ("the year one", cap({"sent": "0001-01-01T00:00:00+08:00"}), CapFault.TIME),
    ("UTC with a plus", cap({"sent": "2026-07-19T14:58:00+00:00"}), CapFault.TIME_UTC),
    ("native: no sender", native({"sender": ""}), CapFault.MISSING),
    ("native: no time", native({"sendTime": None}), CapFault.MISSING),
    ("native: no event", native(info={"eventType": ""}), CapFault.MISSING),
    ("native: a colour of its own", native(info={"severity": "Purple"}), CapFault.VALUE),
    ("native: an unknown type", native({"msgType": "Warn"}), CapFault.VALUE),
    ("native: two identifiers", native({"identifier": "a</identifier><identifier>b"}), CapFault.REPEATED),
    ("native: slashes in the time", native({"sendTime": "2026/07/19 22:58:00+08:00"}), CapFault.TIME),
    ("native: no zone", native({"sendTime": "2026-07-19 22:58:00"}), CapFault.TIME),
    ("native: hour 24", native({"sendTime": "2026-07-19 24:58:00+08:00"}), CapFault.TIME),
    ("native: UTC with a plus", native({"sendTime": "2026-07-19 14:58:00+00:00"}), CapFault.TIME_UTC),
]  # fmt: skip

MEANING = [
    ("no name", cap({"identifier": ""}), CapFault.IDENTIFIER),
    ("a name without end", cap({"identifier": "x" * 201}), CapFault.IDENTIFIER),
    ("a sender without end", native({"sender": "x" * 201}), CapFault.SENDER),
    ("a comma in the identifier", cap({"identifier": "a,b"}), CapFault.IDENTIFIER),
    ("a blank in the sender", cap({"sender": "met office"}), CapFault.SENDER),
    ("an ampersand in the sender", cap({"sender": "a&amp;b"}), CapFault.SENDER),
    ("native: a blank in the identifier", native({"identifier": "4104 0041"}), CapFault.IDENTIFIER),
    ("Restricted without restriction", cap({"scope": "Restricted"}), CapFault.RESTRICTION),
    ("restriction without Restricted", cap({"restriction": "police"}), CapFault.RESTRICTION),
    ("Private without addresses", cap({"scope": "Private"}), CapFault.ADDRESSES),
    ("an open quotation mark", cap({"scope": "Private", "addresses": '"a b'}), CapFault.ADDRESSES_QUOTE),
    ("an update of nothing", cap({"msgType": "Update"}), CapFault.REFERENCES_MISSING),
    ("a lifting of nothing", cap({"msgType": "Cancel"}), CapFault.REFERENCES_MISSING),
    ("native: a lifting of nothing", native({"msgType": "Cancel"}), CapFault.REFERENCES_MISSING),
    ("a reference of two parts", reference("a,b"), CapFault.REFERENCES_FORM),
    ("a reference without time", reference("a,b,yesterday"), CapFault.REFERENCES_FORM),
    ("itself", reference(f"pdsqxt@cma.gov.cn,41040041600000_20260719225800,{SENT}"), CapFault.REFERENCES_SELF),
    ("native: itself", native({"msgType": "Update", "references": NUMBER}), CapFault.REFERENCES_SELF),
    ("a later one", reference("pdsqxt@cma.gov.cn,later,2026-07-19T22:58:01+08:00"), CapFault.REFERENCES_LATER),
    ("an empty event", cap(info={"event": ""}), CapFault.EVENT_EMPTY),
    ("no area", cap(area=None), CapFault.AREA_MISSING),
    ("native: no area", native(area=None), CapFault.AREA_MISSING),
    ("an area of words", cap(area="<areaDesc>市区</areaDesc>"), CapFault.AREA_EMPTY),
    ("native: an area of words", native(area="<areaDesc>市区</areaDesc><geocode/>"), CapFault.AREA_EMPTY),
    ("three points", cap(area=shape("33,113 33,114 33,113")), CapFault.POLYGON_FEW),
    ("an open ring", cap(area=shape("33,113 33,114 34,114 34,113")), CapFault.POLYGON_OPEN),
    ("latitude 91", cap(area=shape(SQUARE.replace("33.80,113.30", "91,113"))), CapFault.POLYGON_RANGE),
    ("swapped axes", cap(area=shape("113,33 113,34 114,34 113,33")), CapFault.POLYGON_RANGE),
    ("one bad pair", cap(area=shape(SQUARE.replace("33.80,113.30", "33.8;113.3"))), CapFault.POLYGON_TEXT),
    ("a line", cap(area=shape("33,113 33,114 33,115 33,113")), CapFault.POLYGON_FLAT),
    ("a bow", cap(area=shape("33,113 34,114 34,113 33,114 33,113")), CapFault.POLYGON_CROSSES),
    ("native: a bow", native(area=shape("33,113 34,114 34,113 33,114 33,113")), CapFault.POLYGON_CROSSES),
    ("points without end", cap(area=shape("33,113 " * 2001)), CapFault.POLYGON_MANY),
    ("a circle without radius", cap(area=circle("33.7,113.3")), CapFault.CIRCLE),
    ("a radius below nothing", cap(area=circle("33.7,113.3 -1")), CapFault.CIRCLE),
    ("a circle off the earth", cap(area=circle("97,113.3 1")), CapFault.CIRCLE),
    ("a ceiling without altitude", cap(area=CITY + "<ceiling>900</ceiling>"), CapFault.CEILING),
    ("no end", cap(info={"expires": None}), CapFault.EXPIRES_MISSING),
    ("native: no end", native(info={"expires": ""}), CapFault.EXPIRES_MISSING),
    ("an end before the sending", cap(info={"expires": "2026-07-19T22:57:59+08:00"}), CapFault.BEFORE_SENT),
    ("native: an end before", native(info={"expires": "2026-07-19 22:57:59+08:00"}), CapFault.BEFORE_SENT),
    ("an exercise without name", cap({"status": "Exercise"}, DRILL), CapFault.EXERCISE_NOTE),
    ("an exercise that looks real", cap({"status": "Exercise", "note": "7月演练"}), CapFault.EXERCISE_HEADLINE),
    ("a test that looks real", cap({"status": "Test"}), CapFault.EXERCISE_HEADLINE),
    ("native: a test that looks real", native({"status": "Test"}), CapFault.EXERCISE_HEADLINE),
]  # fmt: skip

ODD = [
    ("no national number", native({"identifier": "2026-17"}), CapFault.IDENTIFIER_SHAPE),
    ("native: the other form of time", native({"sendTime": "2026-07-19T22:58:00+08:00"}), CapFault.TIME_FORM),
    ("begun before the sending", cap(info={"onset": "2026-07-19T22:57:59+08:00"}), CapFault.BEFORE_SENT),
    ("effective before the sending", cap(info={"effective": "2026-07-19T22:57:59+08:00"}), CapFault.BEFORE_SENT),
    ("longer than a day", cap(info={"expires": "2026-07-20T22:58:01+08:00"}), CapFault.SPAN),
    ("a long headline", cap(info={"headline": LONG}), CapFault.HEADLINE_LONG),
    ("a long name", cap(area=CITY.replace("平顶山市", "平" * 51)), CapFault.AREA_LONG),
    ("two events", cap(more=ENGLISH.format(event="Gale", code="11B06", text="wind")), CapFault.EVENTS_DIFFER),
    ("one text twice", cap(more=ENGLISH.format(event="Rainstorm", code="11B03", text=SAME)), CapFault.SAME_TEXT),
    ("HTML", cap(info={"description": "&lt;b&gt;暴雨&lt;/b&gt;"}), CapFault.MARKUP),
    ("an entity twice escaped", native(info={"instruction": "&amp;nbsp;停止"}), CapFault.MARKUP),
    ("a code of letters", native(area=NAMELESS), CapFault.CODE_SHAPE),
    ("no colour", cap(info={"severity": "Unknown", "headline": "有暴雨"}), CapFault.LEVEL_UNKNOWN),
    ("native: no colour", native(info={"severity": "Unknown", "headline": ""}), CapFault.LEVEL_UNKNOWN),
    ("two colours", cap(info={"severity": "Minor"}), CapFault.LEVEL_DIFFERS),
    ("native: two colours", native(info={"severity": "Blue"}), CapFault.LEVEL_DIFFERS),
    ("a clock ahead", cap({"sent": "2026-07-19T23:05:01+08:00"},
                          {"effective": None}), CapFault.SENT_AHEAD),
]  # fmt: skip

FINE = [
    ("as a weather service writes it", cap()),
    ("native", native()),
    ("native: a serial number", native({"identifier": "41040041600000_20260719225800_3"})),
    ("native: Chinese bytes", native().decode().replace("UTF-8", "GB2312").encode("gb18030")),
    ("UTC", cap({"sent": "2026-07-19T14:58:00-00:00"}, {"effective": None})),
    ("exactly a day", cap(info={"expires": "2026-07-20T22:58:00+08:00"})),
    ("an end at the sending", cap(info={"expires": SENT})),
    ("160 characters", cap(info={"headline": LONG[1:]})),
    ("50 characters", cap(area=CITY.replace("平顶山市", "平" * 50))),
    ("five minutes ahead", cap({"sent": "2026-07-19T23:05:00+08:00"}, {"effective": None})),
    ("a polygon", cap(area=shape(SQUARE))),
    ("a triangle", cap(area=shape("33,113 33,114 34,114 33,113"))),
    ("a circle", cap(area=circle("33.7,113.3 2.5"))),
    ("a point", cap(area=circle("33.7,113.3 0"))),
    ("a ceiling above an altitude", cap(area=CITY + "<altitude>0</altitude><ceiling>900</ceiling>")),
    ("a name of 200 characters", cap({"identifier": "x" * 200})),
    ("a reference", reference("pdsqxt@cma.gov.cn,earlier,2026-07-19T22:58:00+08:00")),
    ("native: a reference by number", native({"msgType": "Update", "references": "41040041600000_20260719200000"})),
    ("a lifting without words", BARE),
    ("restricted", cap({"scope": "Restricted", "restriction": "police"})),
    ("private", cap({"scope": "Private", "addresses": '"duty room" b'})),
    ("an exercise", cap({"status": "Exercise", "note": "7月演练"}, {"headline": "【演练】暴雨红色预警"})),
    ("in two languages", cap(more=ENGLISH.format(event="Rainstorm", code="11B03", text="Heavy rain is expected."))),
    ("signed", cap(more='<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>')),
    ("no headline", cap(info={"headline": None})),
]  # fmt: skip


def named(rows: list[tuple[str, bytes, CapFault]]) -> list[object]:
    return [pytest.param(data, fault, id=f"{fault.value}: {name}") for name, data, fault in rows]


@pytest.mark.parametrize(("data", "fault"), named([*STRUCTURE, *MEANING]))
def test_what_breaks_a_rule_is_refused_for_just_that(data: bytes, fault: CapFault) -> None:
    taken = take(data, now=NOW)
    assert [finding.fault.value for finding in taken.errors] == [fault.value]


@pytest.mark.parametrize(("data", "fault"), named(ODD))
def test_what_is_odd_is_taken_in_and_told(data: bytes, fault: CapFault) -> None:
    taken = take(data, now=NOW)
    assert taken.errors == []
    assert taken.message is not None
    assert [finding.fault.value for finding in taken.advice] == [fault.value]


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in FINE])
def test_what_keeps_the_rules_is_taken_in_without_a_word(data: bytes) -> None:
    assert faults(data) == []


def test_every_fault_of_a_file_has_a_row_of_its_own() -> None:
    """A rule without a row could be lost unnoticed. What only stored warnings can show is tested with them."""
    with_stored = {CapFault.SENDER_DIFFERS, CapFault.NOT_ARRIVED, CapFault.NOT_OURS, CapFault.BORDER_UNKNOWN}
    rows = {fault for _, _, fault in [*STRUCTURE, *MEANING, *ODD]}
    assert set(CapFault) - rows - with_stored == {CapFault.INFO_MISSING}
    bare = cap().partition(b"<info>")[0] + b"</alert>"
    assert faults(bare) == [CapFault.INFO_MISSING.value]


@pytest.mark.parametrize("fault", CapFault)
def test_a_fault_says_in_both_languages_what_to_mend(fault: CapFault) -> None:
    from django.utils import translation

    with translation.override("en"):
        english = str(fault.label)
    with translation.override("zh-hans"):
        assert str(fault.label) != english


def test_a_message_reads_the_same_in_either_dialect() -> None:
    one, other = take(cap(), now=NOW).message, take(native(), now=NOW).message
    assert one
    assert other
    assert one.told
    assert other.told
    assert one.sent == other.sent == datetime(2026, 7, 19, 14, 58, tzinfo=UTC)
    assert one.told.expires == other.told.expires
    assert [event_name(m.told.event, m.told.event_code) for m in (one, other) if m.told] == ["暴雨", "暴雨"]
    assert [level_of(m.told.severity, m.told.headline) for m in (one, other) if m.told] == [1, 1]
    assert one.told.areas[0].codes == ("410400000000",)
    assert other.told.areas[0].codes == ("410400000000", "410403000000")


def test_codes_of_other_systems_beside_ours_are_no_fault() -> None:
    fips = CITY + "<geocode><valueName>FIPS6</valueName><value>AB-17</value></geocode>"
    taken = take(cap(area=fips), now=NOW)
    assert taken.findings == ()
    assert taken.message
    assert taken.message.told
    assert taken.message.told.areas[0].codes == ("410400000000",)


@pytest.mark.parametrize(
    ("headline", "colour"),
    [
        ("发布暴雨红色预警", 1),
        ("发布暴雨橙色预警信号", 2),
        ("暴雨黄色预警", 3),
        ("大风蓝色预警", 4),
        ("暴雨黄色预警升级为橙色", None),
        ("有暴雨", None),
    ],
)
def test_a_headline_names_one_colour_or_none(headline: str, colour: int | None) -> None:
    assert named_colour(headline) == colour


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("Extreme", 1), ("Severe", 2), ("Moderate", 3), ("Minor", 4), ("Unknown", None),
        ("Red", 1), ("Orange", 2), ("Yellow", 3), ("Blue", 4), ("Purple", None),
    ],
)  # fmt: skip
def test_severity_is_a_colour_in_either_dialect(severity: str, level: int | None) -> None:
    assert level_of(severity, "") == level


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("410403000000", "410403"), ("410403", "410403"), ("410400000000", "410403"), ("410400", "410403"),
        ("410000000000", "410403"), ("410403001000", "410403001"), ("410403010000", "410403010"),
        ("410403001001", "410403001001"), ("410402000000", ""), ("410500000000", ""), ("420000000000", ""),
        ("4104", ""), ("PDS", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_city_covers_its_district_and_a_neighbour_does_not(code: str, means: str) -> None:
    assert concerned_code(code, "410403") == means


def test_the_serial_number_of_an_identifier_may_be_missing() -> None:
    whole = "41040041600000_20260719225800"
    assert base_of(f"{whole}_0") == base_of(whole) == whole
    assert base_of("urn:oid:1.2_3") == "urn:oid:1.2_3"
    assert sender_place(f"https://example.org/{whole}_0.xml") == "4104"
    assert sender_place("urn:oid:1.2.3") == ""


def test_what_is_sent_again_has_the_same_fingerprint_and_what_says_else_has_not() -> None:
    def of(data: bytes) -> str:
        message = take(data, now=NOW).message
        assert message
        assert message.told
        return fingerprint(message, level_of(message.told.severity, message.told.headline))

    again = cap({"identifier": "another", "sent": "2026-07-19T23:00:00+08:00"}, {"effective": None})
    assert of(again) == of(cap())
    changed = [
        cap(info={"description": "预计未来6小时"}),
        cap(info={"severity": "Severe", "headline": "平顶山市气象台发布暴雨橙色预警信号"}),
        cap(area=CITY.replace("410400", "410403")),
        cap({"sender": "other@cma.gov.cn"}),
        cap({"status": "Test"}, {"headline": "【测试】平顶山市气象台发布暴雨红色预警信号"}),
    ]
    assert of(cap()) not in {of(data) for data in changed}


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    taken = take(data, now=NOW)
    assert taken.message is None
    assert taken.errors


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_a_message_with_some_bytes_changed_is_refused_or_read(at: int, other: bytes) -> None:
    whole = native()
    taken = take(whole[: at % len(whole)] + other + whole[at % len(whole) + len(other) :], now=NOW)
    assert taken.message is not None or taken.errors


@pytest.mark.parametrize(
    ("event", "code", "kind"),
    [
        ("暴雨", "11B03", NoticeKind.RAINSTORM),
        ("台风", "", NoticeKind.RAINSTORM),
        ("山洪灾害气象风险", "", NoticeKind.GEOLOGICAL),
        ("城市内涝气象风险", "", NoticeKind.WATERLOGGING),
        ("洪水", "11A01", NoticeKind.RIVER),
        ("大雾", "11B17", NoticeKind.RAINSTORM),
    ],
)
def test_an_event_becomes_a_kind_of_our_own_notices(event: str, code: str, kind: NoticeKind) -> None:
    assert kind_of(event, code) == kind


def test_sent_ahead_counts_from_five_minutes() -> None:
    late = take(cap(), now=NOW - timedelta(minutes=8))
    assert [finding.fault for finding in late.advice] == [CapFault.SENT_AHEAD]
