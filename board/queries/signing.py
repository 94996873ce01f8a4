"""What waits for a signature."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts import queries as alerts
from alerts.enums import NoticeState
from alerts.models import Notice
from supplies.enums import IssueState
from supplies.models import Issue
from territory.rules import Scope


@dataclass(frozen=True)
class ToSign:
    """One paper: what it is, who asks, since when, and where it is signed."""

    kind: str
    title: str
    who: str
    since: datetime
    url: str


def to_sign(notices: Iterable[Notice], scope: Scope, some: Container[str]) -> list[ToSign]:
    """Notices sent for signature among those given, words of mouth to countersign, then stores asked for; rehearsals
    apart. `some`: the lists that `stirring` names; of these one statement each. All of them: every screen says how
    many papers wait by counting these.
    """
    asked = Issue.objects.in_scope(scope).filter(state=IssueState.REQUESTED, exercise__isnull=True)
    rows = asked.select_related("store", "requested_by").order_by("requested_at", "pk")
    return [
        *(
            ToSign(
                _("Flood notice"),
                row.headline,
                row.submitter.name if row.submitter else row.author.name,
                row.submitted_at or row.updated_at,
                reverse("alerts:notice", args=[row.uuid]),
            )
            for row in notices
            if row.state == NoticeState.SUBMITTED
        ),
        *(
            ToSign(
                _("Countersign a word of mouth"),
                f"{row.notice.headline} ({row.signer.name})",
                row.oral.recorded_by.name if row.oral else "",
                row.at,
                reverse("alerts:notice", args=[row.notice.uuid]),
            )
            for row in (alerts.to_countersign(scope) if "oral" in some else [])
        ),
        *(
            ToSign(
                _("Issue of stores"),
                f"{row.store.name} → {row.to_whom}",
                row.requested_by.name,
                row.requested_at,
                reverse("supplies:issue", args=[row.uuid]),
            )
            for row in (rows if "issues" in some else [])
        ),
    ]
