"""Messages of authorities as tests write them: whole ones in both dialects, each part to be changed by name."""

from collections.abc import Mapping

CAP_ALERT = {
    "identifier": "41040041600000_20260719225800",
    "sender": "pdsqxt@cma.gov.cn",
    "sent": "2026-07-19T22:58:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "source": None,
    "scope": "Public",
    "restriction": None,
    "addresses": None,
    "note": None,
    "references": None,
}
CAP_INFO = {
    "language": "zh-CN",
    "category": "Met",
    "event": "暴雨",
    "responseType": None,
    "urgency": "Immediate",
    "severity": "Extreme",
    "certainty": "Likely",
    "eventCode": "<valueName>CPEAS Event Code</valueName><value>11B03</value>",
    "effective": "2026-07-19T22:58:00+08:00",
    "onset": None,
    "expires": "2026-07-20T04:58:00+08:00",
    "senderName": "平顶山市气象台",
    "headline": "平顶山市气象台发布暴雨红色预警信号",
    "description": "预计未来3小时我市降雨量将达100毫米以上。",
    "instruction": "停止户外作业。",
}
CITY = (
    "<areaDesc>平顶山市</areaDesc>"
    "<geocode><valueName>CPEAS Geographic Code</valueName><value>410400000000</value></geocode>"
)

NATIVE_ALERT = {
    "identifier": "41040041600000_20260719225800",
    "sender": "平顶山市气象台",
    "senderCode": "41040041600000",
    "sendTime": "2026-07-19 22:58:00+08:00",
    "status": "Actual",
    "msgType": "Alert",
    "scope": "Public",
    "secClassification": "None",
    "note": "",
    "references": "",
}
NATIVE_INFO = {
    "language": "zh-CN",
    "eventType": "11B03",
    "urgency": "Unknown",
    "severity": "Red",
    "certainty": "Unknown",
    "effective": "2026-07-19 22:58:00+08:00",
    "expires": "2026-07-20 04:58:00+08:00",
    "senderName": "平顶山市气象台",
    "headline": "平顶山市气象台发布暴雨红色预警信号",
    "description": "预计未来3小时我市降雨量将达100毫米以上。",
    "instruction": "停止户外作业。",
}
NATIVE_CITY = "<areaDesc>平顶山市</areaDesc><geocode>410400000000,410403000000</geocode>"

Changes = Mapping[str, str | None]


def cap(alert: Changes | None = None, info: Changes | None = None, area: str | None = CITY, more: str = "") -> bytes:
    """A CAP 1.2 message; None leaves an element out, `area` None has no area, `more` is put behind everything."""
    return _message(
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">', CAP_ALERT, CAP_INFO, alert, info, area, more
    )


def native(
    alert: Changes | None = None, info: Changes | None = None, area: str | None = NATIVE_CITY, more: str = ""
) -> bytes:
    """A message of the national format."""
    return _message("<alert>", NATIVE_ALERT, NATIVE_INFO, alert, info, area, more)


def _message(
    root: str,
    alert: Changes,
    info: Changes,
    alert_changes: Changes | None,
    info_changes: Changes | None,
    area: str | None,
    more: str,
) -> bytes:
    head = _elements({**alert, **(alert_changes or {})})
    body = _elements({**info, **(info_changes or {})}) + (f"<area>{area}</area>" if area is not None else "")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}{head}<info>{body}</info>{more}</alert>'.encode()


def _elements(parts: Changes) -> str:
    return "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text is not None)
