"""How much of a resident's name and number a list shows."""


def masked_phone(phone: str) -> str:
    """E.164 as people here write it, with the middle starred: 138****0021; a landline keeps its last four."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}" if len(national) >= 10 else f"****{national[-4:]}"


def masked_name(name: str) -> str:
    """The first character, the rest starred; empty stays empty."""
    return name[:1] + "*" * (len(name) - 1)
