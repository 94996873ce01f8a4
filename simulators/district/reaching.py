"""Key units of the sample district, and the chains of telephones of some must-reach households."""

from datetime import datetime

from accounts import queries as people
from accounts.models import User
from alerts import actions
from alerts.enums import Answerer, UnitKind
from alerts.models import KeyUnit, RingStep
from alerts.queries import Link
from simulators.district.people import BASE
from simulators.district.plan import communities
from territory.models import Household

UNITS = (
    (UnitKind.SCHOOL, "小学（示例）", "校长"),
    (UnitKind.CARE_HOME, "养老院（示例）", "院长"),
    (UnitKind.CAR_PARK, "地下停车场（示例）", "管理员"),
    (UnitKind.MALL, "商场（示例）", "值班经理"),
    (UnitKind.CLINIC, "卫生服务站（示例）", "站长"),
    (UnitKind.PROPERTY, "物业公司（示例）", "项目经理"),
)
EACH = 2  # units of a community
CHAINS = 60
UNIT_NUMBERS, KIN_NUMBERS = BASE + 2_000, BASE + 3_000


def load(*, keeper: User, now: datetime) -> tuple[int, int]:
    """Two key units for each community, and chains for the first must-reach households, each written by whoever goes
    to that grid; nothing where some are.
    """
    units = chains = 0
    if not KeyUnit.objects.exists():
        for place, community in enumerate(communities()):
            for turn in range(EACH):
                kind, name, receiver = UNITS[(place * EACH + turn) % len(UNITS)]
                actions.keep_unit(
                    unit=None,
                    name=f"{community.name}{name}",
                    kind=kind,
                    area_code=community.code,
                    address="",
                    receiver=f"{receiver} {place * EACH + turn + 1:03d}",
                    phone=str(UNIT_NUMBERS + place * EACH + turn),
                    by=keeper,
                )
                units += 1
    if not RingStep.objects.exists():
        rows = Household.objects.filter(retired_at=None).exclude(must_reach="").order_by("code")
        homes = list(rows.prefetch_related("contacts__contact_point")[:CHAINS])
        workers = people.one_worker_per_grid({home.area_code for home in homes}, now=now)
        for turn, home in enumerate(homes):
            contacts = sorted(home.contacts.all(), key=lambda contact: contact.rank)
            own = [contact.contact_point.address for contact in contacts[:1]]
            links = [Link(Answerer.OWN, "", number) for number in own]
            links.append(Link(Answerer.CHILD, f"子女 {turn + 1:03d}", str(KIN_NUMBERS + turn * 2)))
            links.append(Link(Answerer.NEIGHBOUR, f"邻居 {turn + 1:03d}", str(KIN_NUMBERS + turn * 2 + 1)))
            actions.set_chain(household=home, links=links, by=workers[home.area_code])
            chains += 1
    return units, chains
