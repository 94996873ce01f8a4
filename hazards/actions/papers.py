"""Changes what a paper looks like."""

from datetime import datetime

from accounts.models import User
from core.audit import act
from core.rules import Refused
from hazards.enums import FindingObjection
from hazards.models import PaperTemplate
from hazards.queries import filled, sample_facts

MAX_BYTES = 2 * 1024 * 1024


def change_template(*, paper: str, name: str, content: bytes, by: User, now: datetime) -> PaperTemplate:
    """Takes a Word file as the template of a paper from now on, once it has been filled on trial.

    Raises Refused with the reason when it is no docx, is larger than 2 MB or names a blank that is not there.
    """
    try:
        if len(content) > MAX_BYTES:
            raise ValueError("> 2 MB")
        filled(content, sample_facts(), {})
    except Exception as error:
        # Whatever a file does to three libraries, the clerk reads what is wrong with it.
        raise Refused(
            FindingObjection.TEMPLATE_BROKEN.value,
            FindingObjection.TEMPLATE_BROKEN.label,
            field="file",
            params={"reason": str(error)[:200]},
        ) from error
    with act("hazards.paper.change_template", by=by.actor):
        return PaperTemplate.objects.create(
            paper=paper, name=name[:120], content=content, uploaded_by=by, uploaded_at=now
        )
