"""The entries of an Atom or RSS document, read as strictly as the warnings themselves."""

from dataclasses import dataclass
from urllib.parse import urljoin

from alerts.rules.cap import Node, read

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 2000


@dataclass(frozen=True)
class Entry:
    """One entry: its own number, where its message lies, what it is called."""

    guid: str
    url: str
    title: str


def entries_of(data: bytes, base_url: str) -> list[Entry] | None:
    """The entries with a number and an address, newest as the feed has them; None when this is no feed.

    Raises Unreadable for what is no XML that we read.
    """
    root = read(data)
    if root.name == "feed" and root.namespace == ATOM:
        found = [_atom(node, base_url) for node in root.all("entry")]
    elif root.name == "rss":
        channel = root.first("channel")
        found = [_rss(node, base_url) for node in channel.all("item")] if channel else []
    else:
        return None
    return [entry for entry in found if entry.guid and entry.url][:MOST_ENTRIES]


def _atom(node: Node, base_url: str) -> Entry:
    links = node.all("link")
    message = [each for each in links if "cap" in each.attributes.get("type", "")]
    others = [each for each in links if each.attributes.get("rel", "alternate") in ("alternate", "enclosure")]
    href = next((each.attributes["href"] for each in (*message, *others) if each.attributes.get("href")), "")
    return _entry(node.value("id") or href, href, node.value("title"), base_url)


def _rss(node: Node, base_url: str) -> Entry:
    enclosed = [each.attributes.get("url", "") for each in node.all("enclosure")]
    href = next((url for url in enclosed if url), "") or node.value("link")
    return _entry(node.value("guid") or href, href, node.value("title"), base_url)


def _entry(guid: str, href: str, title: str, base_url: str) -> Entry:
    return Entry(guid[:300], urljoin(base_url, href)[:500] if href else "", title[:200])
