from datetime import date
from enum import Enum

class Holiday(Enum):
    @property
    def chinese(self) -> str: ...

holidays: dict[date, str]
workdays: dict[date, str]
