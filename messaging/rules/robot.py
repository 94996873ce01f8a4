"""Group robots: which addresses are theirs, and what the number in their answer means."""

import ipaddress
from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, urlsplit

from messaging.rules.channel import Accepted, Rejected, Result, RetryAfter, Unknown

# Providers allow twenty a minute and block a robot that sends more. A full bucket and a minute's filling make twenty.
ROBOT_BURST, ROBOT_RATE = 5.0, 15 / 60
BLOCK_SECONDS = 300.0  # longer blocks are asked again after as long as any wait may be

# By channel, the page at the provider that takes messages and the name of the key behind it.
ROBOT_PAGES = {"wecom": ("/cgi-bin/webhook/send", "key"), "dingtalk": ("/robot/send", "access_token")}

WECOM_CODES: Mapping[int, Result] = {
    -1: RetryAfter(None, "robot_busy"),
    45009: RetryAfter(60.0, "throttled"),
    45033: RetryAfter(60.0, "throttled"),
    40001: Rejected("robot_key"),
    40008: Rejected("robot_text"),
    40058: Rejected("robot_text"),
    44004: Rejected("text_empty"),
    45002: Rejected("text_too_long"),
    93000: Rejected("robot_gone"),
    93008: Rejected("robot_not_in_group"),
}
DINGTALK_CODES: Mapping[int, Result] = {
    -1: RetryAfter(None, "robot_busy"),
    130101: RetryAfter(BLOCK_SECONDS, "throttled"),
    300001: Rejected("robot_key"),
    300005: Rejected("robot_gone"),
    310000: Rejected("robot_refuses"),  # its key words, signature or address list
    400101: Rejected("robot_key"),
    400102: Rejected("robot_off"),
    400105: Rejected("robot_text"),
    400106: Rejected("robot_gone"),
    410100: RetryAfter(60.0, "throttled"),
    430101: Rejected("robot_link"),
    430102: Rejected("robot_text"),
    430103: Rejected("robot_text"),
    430104: Rejected("robot_text"),
}


def is_robot_address(url: str, hosts: Collection[str]) -> bool:
    """True for an https address at one of the hosts; a host with a port is taken as it stands.

    Plain http is taken from a loopback address only, and only where the hosts name it with its port.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.username or parts.password or not host:
        return False
    if port is None or (parts.scheme == "https" and port == 443):
        return parts.scheme == "https" and host in hosts
    return f"{host}:{port}" in hosts and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def is_robot_of(channel: str, url: str, hosts: Collection[str], *, loopback: bool) -> bool:
    """True for an address that a group of this channel gives out: its provider's page and a key behind it.

    `loopback`: an address of this machine is taken too, for demonstrations only.
    """
    if not is_robot_address(url, hosts):
        return False
    parts = urlsplit(url)
    if _is_loopback(parts.hostname or "") or parts.hostname == "localhost":
        return loopback
    path, key = ROBOT_PAGES[channel]
    return parts.path == path and bool(parse_qs(parts.query).get(key)) and not parts.fragment


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_errcode(status: int, body: object, after: float | None, codes: Mapping[int, Result], *, number: str) -> Result:
    """What a robot's answer means: the number in the body decides, HTTP 200 says nothing.

    A body that is no answer of a robot's (a portal's page) may hide one: unknown.
    """
    if status == 429:
        return RetryAfter(after or 60.0, "throttled")
    if status in (400, 401, 403, 404, 413, 503):
        return RetryAfter(None, f"refused_{status}")
    code = body.get("errcode") if status == 200 and isinstance(body, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        return Unknown()
    if code == 0:
        return Accepted(number[:64])
    return codes.get(code) or Rejected(f"errcode_{code}"[:40])
