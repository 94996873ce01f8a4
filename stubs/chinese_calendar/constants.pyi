from datetime import date

class Holiday:
    def __init__(self, value: str) -> None: ...
    @property
    def chinese(self) -> str: ...

holidays: dict[date, str]
workdays: dict[date, str]
