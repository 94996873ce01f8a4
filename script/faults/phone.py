"""A phone's outbox as a process that may be killed: one record after the other, each photograph by itself.

Usage: phone.py URL FOLDER, the token in DEVICE_TOKEN. FOLDER holds `<uuid>.json` a record and `<sha256>.jpg` a photo;
a record's file is renamed to `.done` after its receipt and not before. Ends when nothing waits.
"""

import http.client
import json
import os
import random
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any

SHORT = 0.05  # seconds between two tries; the page's own back-off would make this run last hours


def ask(url: str, method: str, path: str, body: bytes | None = None) -> Any:
    """The JSON answer, or None for anything else: cut, refused, not ours."""
    parts = urllib.parse.urlsplit(url)
    line = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    kind = "image/jpeg" if method == "PUT" else "application/json"
    headers = {"Authorization": f"Device {os.environ['DEVICE_TOKEN']}", "Content-Type": kind}
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        content = json.loads(answer.read())
        return content if answer.status in (200, 201) else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        line.close()


def send(url: str, folder: Path, record: Path) -> bool:
    """True when our own receipt says that nothing of it is missing."""
    said = json.loads(record.read_text())
    receipt = ask(url, "POST", "/api/v1/field/records/", json.dumps(said).encode())
    if not receipt or receipt.get("client_uuid") != said["client_uuid"] or "server_time" not in receipt:
        return False
    for sha256 in receipt["missing"]:
        stored = ask(url, "PUT", f"/api/v1/media/{sha256}/", (folder / f"{sha256}.jpg").read_bytes())
        if not stored or stored.get("sha256") != sha256:
            return False
    receipt = ask(url, "GET", f"/api/v1/field/records/{said['client_uuid']}/")
    return bool(receipt) and receipt.get("missing") == []


def main() -> None:
    """Until nothing waits."""
    url, folder = sys.argv[1], Path(sys.argv[2])
    while waiting := sorted(folder.glob("*.json")):
        if send(url, folder, waiting[0]):
            waiting[0].rename(waiting[0].with_suffix(".done"))
        else:
            time.sleep(SHORT * random.random())  # noqa: S311


if __name__ == "__main__":
    main()
