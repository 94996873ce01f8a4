"""The warnings of a service that exists in a demonstration only, kept in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape

SHANGHAI = timezone(timedelta(hours=8))
SENDER = "weather@demo.invalid"
ISSUER = "示例气象台"
COLOURS = {"blue": ("蓝", "Minor"), "yellow": ("黄", "Moderate"), "orange": ("橙", "Severe"), "red": ("红", "Extreme")}
LASTS = timedelta(hours=6)


@dataclass(frozen=True)
class Message:
    """One message: CAP 1.2 as its bytes, and what the feed says of it."""

    identifier: str
    title: str
    sent: datetime
    body: bytes


@dataclass
class Service:
    """Everything that was issued, oldest first. `area` is the official code that every warning is for."""

    area: str = "410400000000"
    messages: list[Message] = field(default_factory=list)

    def issue(self, colour: str, *, now: datetime) -> Message:
        """A rainstorm warning of this colour; while another one holds, it updates that."""
        word, severity = COLOURS[colour]
        headline = f"{ISSUER}发布暴雨{word}色预警信号"
        text = f"预计未来6小时降雨量将达到暴雨{word}色预警标准（演示数据，非真实预警）。"
        return self._add("Update" if self._holding() else "Alert", headline, text, severity, now, "Prepare")

    def lift(self, *, now: datetime) -> Message | None:
        """Lifts what holds; None when nothing does."""
        if not self._holding():
            return None
        return self._add("Cancel", f"{ISSUER}解除暴雨预警信号", "降雨已减弱（演示数据）。", "Minor", now, "AllClear")

    def message(self, identifier: str) -> Message | None:
        """One message by its number."""
        return next((each for each in self.messages if each.identifier == identifier), None)

    def feed(self, url: str) -> bytes:
        """The Atom feed, newest first."""
        entries = "".join(
            f"<entry><id>{each.identifier}</id><title>{escape(each.title)}</title><updated>{each.sent.isoformat()}</updated>"
            f'<link rel="alternate" type="application/cap+xml" href="{url}/cap/{each.identifier}.xml"/></entry>'
            for each in reversed(self.messages)
        )
        head = f'<id>{url}/feed.atom</id><title>{ISSUER}</title><link rel="self" href="{url}/feed.atom"/>'
        return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'.encode()

    def _holding(self) -> bool:
        return bool(self.messages) and b"<msgType>Cancel" not in self.messages[-1].body

    def _add(self, kind: str, headline: str, text: str, severity: str, now: datetime, response: str) -> Message:
        # Two presses within a second are two messages with times of their own.
        sent = now.astimezone(SHANGHAI).replace(microsecond=0)
        if self.messages and sent <= self.messages[-1].sent:
            sent = self.messages[-1].sent + timedelta(seconds=1)
        identifier = f"41040041600000_{sent:%Y%m%d%H%M%S}"
        since = next((at for at, each in reversed(list(enumerate(self.messages))) if b"<msgType>Alert" in each.body), 0)
        before = [] if kind == "Alert" else self.messages[since:]
        references = " ".join(f"{SENDER},{each.identifier},{each.sent.isoformat()}" for each in before)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
            f"<identifier>{identifier}</identifier><sender>{SENDER}</sender><sent>{sent.isoformat()}</sent>"
            f"<status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>"
            + (f"<references>{references}</references>" if references else "")
            + "<info><language>zh-CN</language><category>Met</category><event>暴雨</event>"
            f"<responseType>{response}</responseType><urgency>Expected</urgency><severity>{severity}</severity>"
            "<certainty>Likely</certainty>"
            "<eventCode><valueName>CPEAS Event Code</valueName><value>11B03</value></eventCode>"
            f"<effective>{sent.isoformat()}</effective><expires>{(sent + LASTS).isoformat()}</expires>"
            f"<senderName>{ISSUER}</senderName><headline>{escape(headline)}</headline>"
            f"<description>{escape(text)}</description><area><areaDesc>示例市</areaDesc><geocode>"
            f"<valueName>CPEAS Geographic Code</valueName><value>{self.area}</value></geocode></area></info></alert>"
        )
        made = Message(identifier, headline, sent, body.encode())
        self.messages.append(made)
        return made
