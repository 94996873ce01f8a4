"""Who works through the night of `script/bench journey`, and what a browser sends."""

import http.client
import urllib.parse
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from measure.accounted import SUBDISTRICTS
from measure.district import DISTRICT

PEOPLE_FROM = 16_000_000_000  # +86 numbers of whoever works here, beside those of the households
COMMUNITIES = [f"{code}001" for code in SUBDISTRICTS]


@dataclass(frozen=True)
class People:
    """Who works through the night."""

    officer: Any
    leader: Any
    street: Any
    workers: dict[str, Any]

    @classmethod
    def made(cls) -> "People":
        """Everybody with a telephone; the grid workers hold a community each."""
        from accounts.enums import Role

        return cls(
            _person("night_officer", Role.DUTY_OFFICER, DISTRICT, 1),
            _person("night_leader", Role.LEADER, DISTRICT, 2),
            _person("night_street", Role.SUBDISTRICT_OFFICER, SUBDISTRICTS[0], 3),
            {
                code: _person(f"night_worker{number}", Role.GRID_WORKER, code, number)
                for number, code in enumerate(COMMUNITIES, start=4)
            },
        )


def _person(username: str, role: str, area: str, number: int) -> Any:
    from accounts.models import PersonContact, RoleHeld, User
    from core import clock
    from territory.models import ContactPoint

    now, phone = clock.now(), f"+86{PEOPLE_FROM + number}"
    person = User.objects.create_user(
        username, None, name=username, phone=phone, activated_at=now, phone_verified_at=now
    )
    point = ContactPoint.objects.get_or_create(kind="mobile", address=phone)[0]
    PersonContact.objects.create(user=person, contact_point=point, rank=1)
    # Longer than whoever else is on duty in this world: he is the one that a warning calls.
    RoleHeld.objects.create(user=person, role=role, area_code=area, since=now - timedelta(days=9))
    return person


def posted(port: int, path: str, fields: dict[str, str] | None = None) -> int:
    """Sends a form as a browser does; the status."""
    token = "k" * 32  # cookie and header only have to agree
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={token}",
        "X-CSRFToken": token,
    }
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        line.request("POST", path, urllib.parse.urlencode(fields or {}), headers)
        return line.getresponse().status
