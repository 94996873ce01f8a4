"""What people and phones hand in."""

from field.forms.danger import FieldDangerForm
from field.forms.export import ExportForm
from field.forms.ledger import LEDGER_STATES, LedgerForm
from field.forms.records import RecordIn
from field.forms.refused import RefusedFilterForm, SettleForm

__all__ = [
    "LEDGER_STATES",
    "ExportForm",
    "FieldDangerForm",
    "LedgerForm",
    "RecordIn",
    "RefusedFilterForm",
    "SettleForm",
]
