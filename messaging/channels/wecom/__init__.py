"""WeCom group robots: one message a group, posted to the address that the group gave."""

import time
from collections.abc import Sequence

from django.conf import settings

from core.http import Unanswered, Unreachable, post_json
from messaging.rules import (
    WECOM_CODES,
    Account,
    Message,
    Rejected,
    Result,
    RetryAfter,
    Unknown,
    is_robot_address,
    read_errcode,
)

TIMEOUT = 5.0  # seconds a message; with the 3 of connecting
BATCH_SECONDS = 12.0  # what is not begun by then waits for the next batch: the lease is 30 s


class Wecom:
    """The robot of a group; the address of a message is the robot's own."""

    name = "wecom"
    provider = "robot"
    batch_size = 20
    paced_by_address = True

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def fault(self, account: Account) -> str:
        """Robots need nothing of an account."""
        return ""

    def send(self, account: Account, messages: Sequence[Message]) -> list[Result]:
        """One call after the other: a robot takes one message a call."""
        ends = time.monotonic() + BATCH_SECONDS
        return [
            self._send(account, message) if time.monotonic() < ends else RetryAfter(0.0, "out_of_time")
            for message in messages
        ]

    def _send(self, account: Account, message: Message) -> Result:
        robot = account.robots.get(message.address)
        if robot is None or not is_robot_address(robot.url, settings.ROBOT_HOSTS):
            return Rejected("bad_address")
        try:
            answer = post_json(robot.url, {"msgtype": "text", "text": {"content": message.text}}, timeout=self.timeout)
        except Unreachable:
            return RetryAfter(None, "unreachable")
        except Unanswered:
            return Unknown()
        return read_errcode(answer.status, answer.body, answer.retry_after, WECOM_CODES, number=message.id)
