"""The gallery of the visual language: every component in every state, for whoever builds or judges a screen."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.views.permission import public

SHELLS = {"desk": "styleguide/desk.html", "phone": "styleguide/phone.html", "public": "styleguide/public.html"}


class SampleForm(forms.Form):
    """One field of each kind, for the gallery alone."""

    title = forms.CharField(label="标题", max_length=40, help_text="不超过 40 个字，先写要做什么。")
    level = forms.ChoiceField(label="响应等级", choices=[("4", "Ⅳ 级"), ("3", "Ⅲ 级"), ("2", "Ⅱ 级"), ("1", "Ⅰ 级")])
    due = forms.DateTimeField(label="完成时限", help_text="例如 2026-07-19 23:30。")
    audience = forms.MultipleChoiceField(
        label="发送范围",
        choices=[("a", "必达户"), ("b", "普通户"), ("c", "重点单位")],
        widget=forms.CheckboxSelectMultiple,
    )
    measures = forms.CharField(label="防范措施", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    urgent = forms.BooleanField(label="夜间也发语音电话", required=False)


@public
def styleguide(request: HttpRequest, shell: str = "desk") -> HttpResponse:
    """The gallery in one of the three shells. Public: routed only with DEBUG, shows nothing but samples."""
    messages.success(request, "已保存：新华路下穿桥排查记录。")
    messages.warning(request, "3 名责任人的电话 90 天未核实。")
    if shell == "desk":
        messages.error(request, "短信网关 2 分钟未应答，已改走语音。")
    return render(
        request, SHELLS[shell], _samples(shell) | ({"exercise": "2026 汛前演练"} if "exercise" in request.GET else {})
    )


@public
def sheet(request: HttpRequest) -> HttpResponse:
    """What a row of the gallery opens in the side sheet. Public: a sample."""
    return render(request, "styleguide/sheet.html")


@public
def layer(request: HttpRequest, layer: str) -> JsonResponse:
    """Sample geometry for the gallery's map: `areas` or `sites`. Public: invented places."""
    features = _areas() if layer == "areas" else _sites()
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _areas() -> list[dict[str, Any]]:
    """Twelve boxes in four columns, coverage in five steps."""

    def box(at: int) -> list[list[float]]:
        west, south = 113.29 + at % 4 * 0.04, 33.71 + at // 4 * 0.04
        return [[west, south], [west + 0.04, south], [west + 0.04, south + 0.04], [west, south + 0.04], [west, south]]

    return [
        {
            "type": "Feature",
            "properties": {"name": f"示例街道{at + 1}", "step": at % 5 + 1, "state": "户册覆盖", "role": "outline"},
            "geometry": {"type": "Polygon", "coordinates": [box(at)]},
        }
        for at in range(12)
    ]


def _sites() -> list[dict[str, Any]]:
    """105 points spread by a fixed rule, some stacked, in each kind and tone."""
    marks = ["arch", "drop", "square", "house", "triangle", "hexagon"]
    tones = ["ok"] * 6 + ["late", "unknown", "working", "danger"]
    return [
        {
            "type": "Feature",
            "properties": {
                "name": f"示例点 {at + 1}",
                "state": tones[at % 10],
                "shape": marks[at % 6],
                "tone": tones[at % 10],
                "url": reverse("styleguide_sheet"),
            },
            "geometry": {
                "type": "Point",
                "coordinates": [113.295 + at * 37 % 101 * 0.0015, 33.715 + at * 53 % 97 * 0.0011],
            },
        }
        for at in range(105)
    ]


def _samples(shell: str) -> dict[str, Any]:
    now = clock.now()

    def before(minutes: float) -> Any:
        return now - timedelta(minutes=minutes)

    return {
        "navigation": _navigation(shell),
        "at": before(8),
        "sheet_url": reverse("styleguide_sheet"),
        "moments": [
            before(0.3),
            before(8),
            before(95),
            before(60 * 26),
            before(60 * 24 * 400),
            now + timedelta(minutes=6),
            None,
        ],
        "spans": [timedelta(seconds=45), timedelta(minutes=8), timedelta(minutes=95), timedelta(days=3)],
        "clocks": [
            {"issued": before(5), "due": now + timedelta(minutes=25), "done": None},
            {"issued": before(25), "due": now + timedelta(minutes=5), "done": None},
            {"issued": before(42), "due": before(12), "done": None},
            {"issued": before(42), "due": before(12), "done": before(20)},
            {"issued": before(42), "due": before(12), "done": before(4)},
        ],
        "vocabularies": [(name, [(*state, "")[:3] for state in states]) for name, states in VOCABULARIES],
        "tiles": [
            {
                "label": "在岗",
                "figure": "23/24",
                "note": "缺 1",
                "tone": "late",
                "trend": "flat",
                "trend_words": "与昨日相同",
            },
            {
                "label": "再排查",
                "figure": "98/105",
                "note": "逾期 3",
                "tone": "danger",
                "trend": "up",
                "trend_words": "较昨日 +6",
            },
            {
                "label": "物资可用",
                "figure": "91 %",
                "note": "缺水泵 2 台",
                "tone": "late",
                "trend": "down",
                "trend_words": "较昨日 −2 %",
            },
            {
                "label": "队伍集结",
                "figure": "6/6",
                "note": "全部到位",
                "tone": "ok",
                "trend": "flat",
                "trend_words": "不变",
            },
            {
                "label": "必达户应答",
                "figure": "1,486/1,498",
                "note": "未达 12 户",
                "tone": "danger",
                "trend": "up",
                "trend_words": "10 分钟 +31",
            },
        ],
        "late_rows": [
            {
                "what": "封控新华路下穿桥",
                "who": "王建国",
                "place": "东安路街道",
                "issued": before(42),
                "due": before(12),
                "phone": "13800000021",
            },
            {
                "what": "建设路地下商超再排查",
                "who": "李秀英",
                "place": "建设路街道",
                "issued": before(500),
                "due": before(95),
                "phone": "0375-2900021",
            },
        ],
        "columns": [
            {"label": _("Site")},
            {"label": _("State")},
            {"label": _("Last inspected")},
            {"label": _("Depth, cm"), "numeric": True},
        ],
        "rows": [
            {
                "url": reverse("styleguide_sheet"),
                "cells": [
                    {"text": "新华路下穿桥"},
                    {"text": "已断行", "tone": "danger"},
                    {"at": before(8)},
                    {"text": "42", "numeric": True},
                ],
            },
            {
                "url": reverse("styleguide_sheet"),
                "cells": [
                    {"text": "湛河北路易积水点"},
                    {"text": "有隐患", "tone": "late"},
                    {"at": before(95)},
                    {"text": "15", "numeric": True},
                ],
            },
            {
                "url": reverse("styleguide_sheet"),
                "cells": [
                    {"text": "万家地下停车场"},
                    {"text": "合格", "tone": "ok"},
                    {"at": before(2000)},
                    {"text": "0", "numeric": True},
                ],
            },
            {
                "url": reverse("styleguide_sheet"),
                "cells": [
                    {"text": "示例地质灾害点"},
                    {"text": "待定位", "tone": "unknown"},
                    {"text": "—"},
                    {"text": "—", "numeric": True},
                ],
            },
        ],
        "tabs": [
            {"label": "待我办", "url": "#", "current": True, "count": 4},
            {"label": "我交办的", "url": "#", "count": 12},
            {"label": "已办结", "url": "#"},
        ],
        "chips": [
            {"label": "全部", "url": "#", "count": 105},
            {"label": "逾期", "url": "#", "current": True, "count": 3, "shape": "danger"},
            {"label": "有隐患", "url": "#", "count": 7, "shape": "late"},
            {"label": "待定位", "url": "#", "count": 0, "shape": "unknown"},
        ],
        "form": SampleForm(),
        "wrong": SampleForm({"title": "", "level": "9", "due": "今晚", "urgent": "on"}),
        "layers": [
            {"label": "街道界", "url": reverse("styleguide_map", args=["areas"]), "role": "base", "on": True},
            {"label": "隐患点", "url": reverse("styleguide_map", args=["sites"]), "role": "points", "on": True},
            {"label": "送达率", "url": reverse("styleguide_map", args=["areas"]), "role": "areas"},
        ],
        "legend": [
            {"mark": "arch", "tone": "danger", "label": "下穿式桥涵 · 已断行"},
            {"mark": "drop", "tone": "late", "label": "易积水点 · 有隐患"},
            {"mark": "square", "tone": "ok", "label": "地下停车场 · 合格"},
            {"mark": "triangle", "tone": "unknown", "label": "地质灾害点 · 待定位"},
            {"step": 1, "label": "低于 60 %"},
            {"step": 3, "label": "80–90 %"},
            {"step": 5, "label": "98 % 以上"},
        ],
    }


def _navigation(shell: str) -> list[dict[str, Any]]:
    phone = [("待办", "list-check"), ("入户", "door"), ("报险情", "alert-triangle"), ("我的", "user")]
    desk = [
        ("值班台", "phone-call"),
        ("一张图", "map-2"),
        ("预警叫应", "speakerphone"),
        ("指挥调度", "flag"),
        ("险情求助", "lifebuoy"),
        ("信息报送", "send"),
        ("隐患排查", "clipboard-check"),
        ("值班值守", "calendar"),
        ("物资队伍", "truck"),
        ("预案演练", "target"),
        ("台账统计", "chart-bar"),
        ("系统设置", "settings"),
    ]
    entries = phone if shell == "phone" else desk
    return [
        {
            "label": label,
            "icon": name,
            "url": "#",
            "current": at == (0 if shell == "phone" else 1),
            "main": label == "报险情",
        }
        for at, (label, name) in enumerate(entries)
    ]


VOCABULARIES: list[tuple[str, list[tuple[str, ...]]]] = [
    (
        "责任事项",
        [
            ("waiting", "待签收"),
            ("working", "已签收"),
            ("working", "办理中"),
            ("working", "已反馈"),
            ("ok", "已办结"),
            ("late", "退回"),
            ("off", "已撤回"),
            ("danger", "超时 12 分钟"),
        ],
    ),
    ("叫应", [("working", "呼叫中"), ("ok", "已应答"), ("danger", "未应答"), ("late", "已转副职")]),
    (
        "提示",
        [
            ("waiting", "拟稿"),
            ("waiting", "待审核"),
            ("waiting", "待签发"),
            ("working", "发布中"),
            ("ok", "已发布"),
            ("off", "已更正"),
            ("off", "已撤回"),
        ],
    ),
    (
        "住户",
        [
            ("waiting", "已送达"),
            ("ok", "已回复"),
            ("ok", "已当面告知"),
            ("late", "家中无人"),
            ("danger", "拒绝", "cross"),
            ("danger", "需救助", "star"),
            ("danger", "未达"),
        ],
    ),
    (
        "道路",
        [("ok", "正常"), ("late", "积水慢行"), ("danger", "已断行", "barred"), ("waiting", "待恢复"), ("ok", "已恢复")],
    ),
    (
        "隐患点",
        [
            ("waiting", "未查"),
            ("ok", "合格"),
            ("late", "有隐患"),
            ("working", "整改中"),
            ("waiting", "待验收"),
            ("ok", "已销号"),
            ("unknown", "待定位"),
        ],
    ),
    (
        "人员",
        [
            ("waiting", "应转"),
            ("ok", "已转", "arrow"),
            ("danger", "拒转(已看护)", "cross"),
            ("ok", "已自行外出", "arrow"),
            ("danger", "未联系上"),
        ],
    ),
    ("岗位", [("ok", "在岗"), ("late", "迟到"), ("working", "替班"), ("late", "疑似脱岗待核"), ("danger", "缺人")]),
    ("数据", [("unknown", "未核实")]),
]
