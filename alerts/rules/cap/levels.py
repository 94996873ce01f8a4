"""The colour of a warning in either dialect, and what our own notice about it would be called.

Levels are integers, 1 (red) the gravest. Severity words of CAP stand for colours as in China's international feed.
"""

import re

from alerts.enums import NoticeKind, NoticeLevel

_BY_SEVERITY = {
    "Extreme": NoticeLevel.RED,
    "Severe": NoticeLevel.ORANGE,
    "Moderate": NoticeLevel.YELLOW,
    "Minor": NoticeLevel.BLUE,
    "Red": NoticeLevel.RED,
    "Orange": NoticeLevel.ORANGE,
    "Yellow": NoticeLevel.YELLOW,
    "Blue": NoticeLevel.BLUE,
}
# Names of event codes (GB/T 35965.1 and the lists in use), for messages that give the code alone.
EVENT_NAMES = {
    "11A01": "洪水", "11B01": "台风", "11B03": "暴雨", "11B04": "暴雪", "11B05": "寒潮", "11B06": "大风",
    "11B07": "沙尘暴", "11B09": "高温", "11B14": "雷电", "11B15": "冰雹", "11B16": "霜冻", "11B17": "大雾",
    "11B19": "霾", "11B20": "雷雨大风", "11B21": "道路结冰",
    "11B22": "干旱", "11B25": "森林火险", "11B37": "地质灾害气象风险",
    "11B99": "其他气象灾害", "11D00": "地质灾害", "11E02": "风暴潮", "11E06": "海浪",
}  # fmt: skip
_WORDS = {"红": NoticeLevel.RED, "橙": NoticeLevel.ORANGE, "黄": NoticeLevel.YELLOW, "蓝": NoticeLevel.BLUE}
_COLOUR = re.compile(r"([红橙黄蓝])色")
_TAIL = re.compile(r"[红橙黄蓝]色(?:预警)?(?:信号)?$|预警(?:信号)?$")
# What an event is to the district, by the code's beginning, else by a word of its name. First hit counts.
_CODES = {
    "11A01": NoticeKind.RIVER,
    "11B01": NoticeKind.RAINSTORM,
    "11B03": NoticeKind.RAINSTORM,
    "11B20": NoticeKind.RAINSTORM,
    "11B37": NoticeKind.GEOLOGICAL,
    "11D00": NoticeKind.GEOLOGICAL,
}
_NAMES = {
    "内涝": NoticeKind.WATERLOGGING,
    "积水": NoticeKind.WATERLOGGING,
    "山洪": NoticeKind.GEOLOGICAL,
    "地质": NoticeKind.GEOLOGICAL,
    "洪水": NoticeKind.RIVER,
    "河": NoticeKind.RIVER,
    "台风": NoticeKind.RAINSTORM,
    "雨": NoticeKind.RAINSTORM,
    "flood": NoticeKind.RIVER,
    "landslide": NoticeKind.GEOLOGICAL,
}


def named_colour(text: str) -> NoticeLevel | None:
    """The colour that a headline names; None where it names none, or several (“黄色升级为橙色”)."""
    found = set(_COLOUR.findall(text))
    return _WORDS[found.pop()] if len(found) == 1 else None


def event_name(event: str, code: str) -> str:
    """The event as people say it: its own word, without colour and “warning” behind it; of a bare code its name."""
    word = EVENT_NAMES.get(code, code) if not event or event == code else event
    return _TAIL.sub("", word) or word


def level_of(severity: str, headline: str) -> NoticeLevel | None:
    """The level: the headline's colour where it names one, for that is what the warning is called; else severity's."""
    return named_colour(headline) or _BY_SEVERITY.get(severity)


def severity_of(level: int) -> str:
    """The severity that CAP knows for one of our levels."""
    return {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}[level]


def kind_of(event: str, code: str) -> NoticeKind:
    """What our own notice about this event is about. Of what nobody has listed: rainstorm, the commonest."""
    return known_kind(event, code) or NoticeKind.RAINSTORM


def known_kind(event: str, code: str) -> NoticeKind | None:
    """The same; None of what nobody has listed, such as fog."""
    if by_code := next((kind for begin, kind in _CODES.items() if code.startswith(begin)), None):
        return by_code
    words = event.lower()
    return next((kind for word, kind in _NAMES.items() if word in words), None)
