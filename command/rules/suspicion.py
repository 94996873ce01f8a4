"""Does a text that somebody pasted or noted speak of a danger? A person presses; this only offers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# The first that occurs names the kind: people in danger before water, water before current.
_KINDS = (
    ("trapped", r"被困|困在|困住|救命|救人|出不来|卡在水里"),
    ("piping", r"管涌|渗水|冒浑水"),
    ("overtopping", r"漫堤|漫坝|漫溢|决口|溃"),
    ("landslide", r"塌|滑坡|泥石流|裂缝|倒了|要倒"),
    ("power_cut", r"漏电|触电|停电|断电|电线(?:掉|断)|着火"),
    ("waterlogging", r"积水|水淹|被淹|进水|倒灌|内涝|水深|淹了"),
)
_DENIED = re.compile(
    r"(?:没有?|无|未见|暂无|未发现)(?:人员?)?(?:积水|险情|被困|倒灌|内涝|塌)|(?:积水|水)已?(?:退|排完|排干|消退)|演练|请(?:注意|勿|不要)"
)
_ROAD = re.compile(r"^[\u4e00-\u9fff]{2,5}?(?:路|街|河|渠|村|桥|巷|小区|广场|大道)")


@dataclass(frozen=True)
class Suspicion:
    """What a text seems to report: the kind of danger, a registered place where one is named, people in need."""

    kind: str
    place: str
    cries: bool


def suspected(text: str, places: Iterable[str]) -> Suspicion | None:
    """The danger that a text seems to speak of; None where it names neither people in need nor a registered place."""
    words = _DENIED.sub("", text)
    kind = next((name for name, pattern in _KINDS if re.search(pattern, words)), "")
    if not kind or (words != text and kind == "waterlogging"):
        return None
    place = _place_in(text, places)
    cries = kind == "trapped"
    return Suspicion(kind, place, cries) if place or cries else None


def _place_in(text: str, places: Iterable[str]) -> str:
    """The longest registered name in the text; else the one place whose road or river is named."""
    names = list(places)
    if whole := [name for name in names if len(name) > 1 and name in text]:
        return max(whole, key=len)
    near = {name for name in names if (road := _ROAD.match(name)) and road[0] in text}
    return near.pop() if len(near) == 1 else ""
