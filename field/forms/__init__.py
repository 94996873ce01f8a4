"""What people and phones hand in."""

from field.forms.danger import FieldDangerForm
from field.forms.export import ExportForm
from field.forms.records import RecordIn
from field.forms.refused import RefusedFilterForm, SettleForm

__all__ = ["ExportForm", "FieldDangerForm", "RecordIn", "RefusedFilterForm", "SettleForm"]
