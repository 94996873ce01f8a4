"""Uploads."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 40 * 1024 * 1024


class UploadField(forms.FileField):
    """A file of a bounded size, handed on as (name, bytes)."""

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        """Raises ValidationError when the file is missing, empty or larger than 40 MB."""
        file: UploadedFile[bytes] | None = super().clean(data, initial)
        if not file:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 40 MB. Split it and upload the parts."), code="size")
        return str(file.name), file.read()


class AreasForm(forms.Form):
    """The area sheet, and the borders if there are any."""

    file = UploadField(
        label=_("Sheet of areas"),
        help_text=_("CSV or xlsx with the heads 编码, 名称, 级别. Codes have 6, 9, 12 or 15 digits."),
    )
    geojson = UploadField(
        label=_("Borders"),
        required=False,
        help_text=_("GeoJSON in WGS-84 whose features carry the property code; sketch: true marks a sketch."),
    )


class RollForm(forms.Form):
    """The household roll."""

    file = UploadField(
        label=_("Household roll"),
        help_text=_(
            "CSV, xlsx or xls. Heads: 户编号 网格编码 楼栋 单元 楼层 房号 地址 户主 人数 电话 备用电话 必达原因"
            " 经度 纬度 核实日期;"
            " only the first two are required. Title rows, 同上, totals and two numbers in one cell are understood."
        ),
    )
