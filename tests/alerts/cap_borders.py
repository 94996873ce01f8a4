"""What the national format breaks, rule by rule, and every limit from both sides: besides those of test_cap_rules.

A row of `BORDERS` says what is found, in the order of the codes; nothing where the message keeps the rules.
"""

from alerts.enums import CapFault
from alerts.rules.cap import MOST_BYTES
from alerts.rules.cap.checks import AREA_NAME, HEADLINE, LONGEST_NAME, MOST_POINTS
from alerts.rules.cap.reading import DEEPEST, MOST_ELEMENTS
from tests.alerts.cap_messages import CITY, NATIVE_CITY, cap, native

SAME = "预计未来3小时我市降雨量将达100毫米以上。"
PLACE = "<areaDesc>东安路</areaDesc>"
TRIANGLE = "<polygon>33,113 33,114 34,114 33,113</polygon>"


def drawn(polygon: str) -> str:
    return f"{PLACE}<polygon>{polygon}</polygon>"


def round_about(circle: str) -> str:
    return f"{PLACE}<circle>{circle}</circle>"


def coded(code: str) -> str:
    return f"{PLACE}<geocode>{code}</geocode>"


def further(event: str, text: str) -> str:
    """A second part of a national message, in English."""
    return (
        f"<info><language>en-US</language><eventType>{event}</eventType><severity>Red</severity>"
        "<effective>2026-07-19 22:58:00+08:00</effective><expires>2026-07-20 04:58:00+08:00</expires>"
        f"<headline>Rainstorm</headline><description>{text}</description><area>{NATIVE_CITY}</area></info>"
    )


NATIVE_ERRORS = [
    ("weather in a national file", native()[:-9], CapFault.NOT_XML),
    ("a document type", b"<!DOCTYPE alert>" + native()[39:], CapFault.DOCTYPE),
    ("larger than a megabyte", native({"note": "x" * MOST_BYTES}), CapFault.TOO_LARGE),
    ("another root", native().replace(b"alert>", b"warning>"), CapFault.ROOT),
    ("a language that is none", native(info={"language": "中文"}), CapFault.VALUE),
    ("a scope of its own", native({"scope": "Everybody"}), CapFault.VALUE),
    ("the thirtieth of February", native({"sendTime": "2026-02-30 22:58:00+08:00"}), CapFault.TIME),
    ("a blank in the sender", native({"sender": "met office"}), CapFault.SENDER),
    ("a name without end", native({"identifier": "4" * 201}), CapFault.IDENTIFIER),
    ("Restricted without restriction", native({"scope": "Restricted"}), CapFault.RESTRICTION),
    ("restriction without Restricted", native({"restriction": "police"}), CapFault.RESTRICTION),
    ("Private without addresses", native({"scope": "Private"}), CapFault.ADDRESSES),
    ("an open quotation mark", native({"scope": "Private", "addresses": '"a b'}), CapFault.ADDRESSES_QUOTE),
    ("an update of nothing", native({"msgType": "Update"}), CapFault.REFERENCES_MISSING),
    ("a reference of two parts", native({"msgType": "Update", "references": "a,b"}), CapFault.REFERENCES_FORM),
    (
        "a later one",
        native({"msgType": "Update", "references": "a,later,2026-07-19T22:58:01+08:00"}),
        CapFault.REFERENCES_LATER,
    ),
    ("nothing but a head", native().partition(b"<info>")[0] + b"</alert>", CapFault.INFO_MISSING),
    ("an event without code", native(info={"eventType": None, "eventCode": "<value/>"}), CapFault.EVENT_EMPTY),
    ("three points", native(area=drawn("33,113 33,114 33,113")), CapFault.POLYGON_FEW),
    ("an open ring", native(area=drawn("33,113 33,114 34,114 34,113")), CapFault.POLYGON_OPEN),
    ("swapped axes", native(area=drawn("113,33 113,34 114,34 113,33")), CapFault.POLYGON_RANGE),
    ("one bad pair", native(area=drawn("33,113 33;114 34,114 33,113")), CapFault.POLYGON_TEXT),
    ("a line", native(area=drawn("33,113 33,114 33,115 33,113")), CapFault.POLYGON_FLAT),
    ("points without end", native(area=drawn("33,113 " * (MOST_POINTS + 1))), CapFault.POLYGON_MANY),
    ("a circle without radius", native(area=round_about("33.7,113.3")), CapFault.CIRCLE),
    ("a ceiling without altitude", native(area=NATIVE_CITY + "<ceiling>900</ceiling>"), CapFault.CEILING),
    ("an exercise without name", native({"status": "Exercise"}, {"headline": "【演练】暴雨红色预警"}),
     CapFault.EXERCISE_NOTE),
    ("an exercise that looks real", native({"status": "Exercise", "note": "7月演练"}), CapFault.EXERCISE_HEADLINE),
]  # fmt: skip

NATIVE_ODD = [
    ("begun before the sending", native(info={"effective": "2026-07-19 22:57:59+08:00"}), CapFault.BEFORE_SENT),
    ("longer than a day", native(info={"expires": "2026-07-20 22:58:01+08:00"}), CapFault.SPAN),
    ("a long headline", native(info={"headline": "雨" * (HEADLINE + 1)}), CapFault.HEADLINE_LONG),
    ("a long name", native(area=NATIVE_CITY.replace("平顶山市", "平" * (AREA_NAME + 1))), CapFault.AREA_LONG),
    ("two events", native(more=further("11B06", "wind")), CapFault.EVENTS_DIFFER),
    ("one text twice", native(more=further("11B03", SAME)), CapFault.SAME_TEXT),
    ("HTML", native(info={"description": "&lt;b&gt;暴雨&lt;/b&gt;"}), CapFault.MARKUP),
    ("a clock ahead", native({"sendTime": "2026-07-19 23:05:01+08:00"}, {"effective": ""}), CapFault.SENT_AHEAD),
]  # fmt: skip

CAP_ERRORS = [
    ("cap: another root", cap().replace(b"alert", b"warning"), CapFault.ROOT),
    ("cap: a sender without name", cap({"sender": ""}), CapFault.SENDER),
    ("cap: nothing but a head", cap().partition(b"<info>")[0] + b"</alert>", CapFault.INFO_MISSING),
]

CAP_ODD = [("cap: a code of letters", cap(area=CITY.replace("410400000000", "PDS")), CapFault.CODE_SHAPE)]


def padded(size: int) -> bytes:
    """A message of just so many bytes."""
    return native({"note": "x" * (size - len(native({"note": ""})))})


def grown(count: int) -> bytes:
    """A message of just so many elements."""
    own = native().count(b"</")
    return native(more="<a/>" * (count - own))


def nested(depth: int) -> bytes:
    """A message whose innermost element stands so deep, <alert> being the first."""
    return native(more="<a>" * (depth - 1) + "</a>" * (depth - 1))


# Two sides that touch without crossing: told from either of them.
TOUCHING = "33,113 33,115 34,114.5 33,114 34,113.5 33,113"
TOUCHED = "33,114 34,113.5 33,113 33,115 34,114.5 33,114"
POLAR = "90,113 89,113 89,114 90,113"
DATE_LINE = "33,180 33,179 34,179 33,180"
BORDERS: list[tuple[str, bytes, list[CapFault]]] = [
    ("a megabyte", padded(MOST_BYTES), []),
    ("a byte more", padded(MOST_BYTES + 1), [CapFault.TOO_LARGE]),
    ("as many elements as a warning may have", grown(MOST_ELEMENTS), []),
    ("one more", grown(MOST_ELEMENTS + 1), [CapFault.TOO_DEEP]),
    ("as deep as a warning may be", nested(DEEPEST), []),
    ("deeper", nested(DEEPEST + 1), [CapFault.TOO_DEEP]),
    ("the first year", cap(info={"onset": "1990-01-01T00:00:00+08:00"}), [CapFault.BEFORE_SENT]),
    ("the year before", cap(info={"onset": "1989-12-31T23:59:59+08:00"}), [CapFault.TIME]),
    ("the last year", native(info={"expires": "2199-12-31 23:59:59+08:00"}), [CapFault.SPAN]),
    ("the year after", native(info={"expires": "2200-01-01 00:00:00+08:00"}), [CapFault.TIME]),
    ("a sender of 200 characters", cap({"sender": "x" * LONGEST_NAME}), []),
    ("a sender of 201", cap({"sender": "x" * (LONGEST_NAME + 1)}), [CapFault.SENDER]),
    ("a sender of one", cap({"sender": "x"}), []),
    ("native: no national number, 200 characters", native({"identifier": "x" * LONGEST_NAME}),
     [CapFault.IDENTIFIER_SHAPE]),
    ("native: exactly a day", native(info={"expires": "2026-07-20 22:58:00+08:00"}), []),
    ("native: an end at the sending", native(info={"expires": "2026-07-19 22:58:00+08:00"}), []),
    ("native: five minutes ahead", native({"sendTime": "2026-07-19 23:05:00+08:00"}, {"effective": ""}), []),
    ("native: 160 characters", native(info={"headline": "雨" * HEADLINE}), []),
    ("native: 50 characters", native(area=NATIVE_CITY.replace("平顶山市", "平" * AREA_NAME)), []),
    ("2,000 points", native(area=PLACE + TRIANGLE * (MOST_POINTS // 4)), []),
    ("2,001 points", native(area=PLACE + TRIANGLE * (MOST_POINTS // 4) + "<polygon>33,113</polygon>"),
     [CapFault.POLYGON_MANY]),
    ("four points", native(area=PLACE + TRIANGLE), []),
    ("the pole", cap(area=drawn(POLAR)), []),
    ("beyond the pole", cap(area=drawn(POLAR.replace("90,113", "91,113"))), [CapFault.POLYGON_RANGE]),
    ("the date line", cap(area=drawn(DATE_LINE)), []),
    ("beyond it", cap(area=drawn(DATE_LINE.replace("33,180", "33,181"))), [CapFault.POLYGON_RANGE]),
    ("a circle at the pole", native(area=round_about("-90,-180 1")), []),
    ("a circle beyond it", native(area=round_about("-91,-180 1")), [CapFault.CIRCLE]),
    ("sides that touch", cap(area=drawn(TOUCHING)), []),
    ("sides that are touched", cap(area=drawn(TOUCHED)), []),
    ("five digits", native(area=coded("41040")), [CapFault.CODE_SHAPE]),
    ("six digits", native(area=coded("410403")), []),
    ("fifteen digits", native(area=coded("410403001001001")), []),
    ("sixteen digits", native(area=coded("4104030010010010")), [CapFault.CODE_SHAPE]),
]  # fmt: skip
