"""The sheet of shelters and high ground."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10 * 1024 * 1024


class SheltersForm(forms.Form):
    """One file; cleaned it is (name, bytes)."""

    file = forms.FileField(
        label=_("Sheet of shelters and high ground"),
        help_text=_(
            "CSV, xlsx or xls. Heads: 编码 名称 类型 区划编码 地址 经度 纬度 可容纳人数 电话 英文名称 说明; "
            "code, name, area and position are required. Positions are WGS-84. 类型 is 避险场所 or 高地."
        ),
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Refuses what no list of places can be."""
        file: Any = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB: upload the list alone."), code="size")
        return str(file.name), file.read()
