"""Every morning each keeper hears in one message what is short, expiring and expired in his stores."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import PersonContact
from core import actions as core
from core.audit import act
from core.queries import resolver
from core.rules import SYSTEM, Refused
from messaging import actions as messages
from messaging.enums import Channel, Lane
from messaging.models import Broadcast
from supplies.enums import KEEPER_TOLD
from supplies.models import KeeperNotice, NoticeRun
from supplies.queries.purposes import KEEPER
from supplies.queries.worries import NOTICES_TICK, KeeperWorries, keeper_worries, last_told, run_of
from supplies.rules.readiness import TOLD_FROM_HOUR, is_silent, is_told_again, news_of
from territory.enums import ContactKind

logger = logging.getLogger(__name__)
FIRST_LINE_MOST = 60  # characters: the whole text stays within two parts of an SMS


def tell_keepers(*, now: datetime) -> int:
    """Looks once a day, from eight in the morning, and tells every keeper whose list is new or a week old.

    Rests while a grave response runs. Safe to ring as often as one likes: a day has one run, a keeper one notice a day.
    Returns how many keepers were told.
    """
    local = timezone.localtime(now)
    is_due = local.hour >= TOLD_FROM_HOUR and not run_of(local.date()).exists()
    told = _tell_all(now=now) if is_due and not is_silent(resolver("SITUATION")(settings.DISTRICT_CODE, now)) else 0
    core.tick(NOTICES_TICK, now=now)
    return told


def _tell_all(*, now: datetime) -> int:
    day = timezone.localdate(now)
    with translation.override(settings.LANGUAGE_CODE), act("supplies.keeper.tell", by=SYSTEM):
        _run, is_ours = NoticeRun.objects.get_or_create(day=day, defaults={"at": now})
        if not is_ours:
            return 0
        found = keeper_worries(now=now)
        before = last_told([worries.keeper for worries in found])
        telephones = _telephones([worries.keeper for worries in found])
        told = lines = 0
        for worries in found:
            news, last = news_of(worries.lines), before.get(worries.keeper)
            if not is_told_again(
                last_news=last.news if last else "", last_at=last.at if last else None, news=news, now=now
            ):
                continue
            broadcast = _send(worries, telephones.get(worries.keeper), now=now)
            KeeperNotice.objects.create(
                keeper_id=worries.keeper,
                day=day,
                at=now,
                short=len(worries.short),
                expiring=len(worries.soon),
                expired=len(worries.gone),
                news=news,
                broadcast=broadcast,
            )
            told, lines = told + 1, lines + len(worries.lines)
        NoticeRun.objects.filter(day=day).update(keepers=told, lines=lines)
    return told


def _telephones(keepers: list[int]) -> dict[int, int]:
    ranked = PersonContact.objects.filter(user_id__in=keepers, contact_point__kind=ContactKind.MOBILE)
    return dict(ranked.order_by("user_id", "rank").distinct("user_id").values_list("user_id", "contact_point_id"))


def _send(worries: KeeperWorries, telephone: int | None, *, now: datetime) -> Broadcast | None:
    if telephone is None:
        logger.warning("keeper %s has no telephone: his stores' notices are on the page only", worries.keeper)
        return None
    counted = [
        (len(worries.gone), _("%(count)s lots expired")),
        (len(worries.short), _("%(count)s items below quota")),
        (len(worries.soon), _("%(count)s lots expire within 30 days")),
    ]
    words = "，".join(sentence % {"count": count} for count, sentence in counted if count)
    first = worries.lines[0][:FIRST_LINE_MOST]
    try:
        with transaction.atomic():
            return messages.send(
                lane=Lane.BULK,
                channel=Channel.SMS,
                text=_(KEEPER_TOLD),
                recipients=[
                    messages.Recipient(
                        telephone,
                        worries.area_code,
                        {
                            "words": f"{words}（{first}）",
                            "link": f"{settings.PUBLIC_URL}{reverse('supplies:readiness')}",
                        },
                    )
                ],
                area_code=worries.area_code,
                by=SYSTEM,
                now=now,
                key=f"supplies.keeper:{worries.keeper}:{timezone.localdate(now).isoformat()}",
                origin=f"supplies.keeper:{worries.keeper}",
                purpose=KEEPER,
            )
    except Refused as refusal:
        # The notice stands without its message: the page shows it, and tomorrow's list is compared with it.
        logger.warning("keeper %s was not told: %s", worries.keeper, refusal.code)
        return None
