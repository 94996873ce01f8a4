"""The stores on the night that the browser tests look at."""

from datetime import datetime, timedelta
from decimal import Decimal

from supplies import actions
from tests.casts import Cast
from tests.supplies.shelves import a_store, an_item, stocked


def goods_of_the_night(cast: Cast, now: datetime) -> dict[str, str]:
    """Pumps below quota, one issue without papers, one load that came short, one still on the way."""
    store, pump = a_store(keeper=cast.storekeeper), an_item()
    stocked(store, pump, 9, by=cast.storekeeper, now=now)
    stocked(store, an_item("救生衣", "件"), 40, by=cast.storekeeper, now=now, expires_on=now.date() - timedelta(days=9))
    actions.set_quota(item=pump, quantity=Decimal(24), by=cast.administrator.actor, now=now)
    issue = actions.issue_now(
        store=store, quantities={pump.pk: Decimal(2)}, to_whom="抢险一队", by=cast.storekeeper, now=now
    )
    short, moving = (
        actions.send(
            from_store=store, quantities={pump.pk: Decimal(3)}, destination=place, by=cast.storekeeper, now=now
        )
        for place in ("3 号下穿式桥涵", "5 号下穿式桥涵")
    )
    actions.arrive(
        transfer=short,
        counted={line.pk: Decimal(2) for line in short.lines.all()},
        by=None,
        by_name="赵站长",
        now=now,
    )
    return {
        "goods_store": f"/supplies/stores/{store.code}/",
        "goods_item": f"/supplies/items/{pump.code}/",
        "goods_issue": f"/supplies/issues/{issue.uuid}/",
        "goods_transfer": f"/supplies/transfers/{short.uuid}/",
        "goods_delivery": f"/supplies/deliveries/{moving.token}/",
    }
