"""Loads the demo district."""

import os
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from simulators.district import loading
from simulators.district.people import SIGN_INS


class Command(BaseCommand):
    help = "Loads the demo district: areas, people, household roll, sites, a round. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--households", type=int, default=20_000, help="how many households the roll has")

    def handle(self, *args: Any, **options: Any) -> None:
        """Every step in turn, with its figure and its seconds; the sign-ins at the end."""
        began = monotonic()
        changed = 0
        for _name, step in loading.steps(options["households"]):
            since = monotonic()
            done = step(clock.now())
            changed += done.changed
            news = f"新增或更新 {done.changed:,}" if done.changed else "无变化"
            self.stdout.write(f"{done.name}：{done.words}，{news}（{monotonic() - since:.1f} s）")
        password = loading.sign_ins(clock.now())
        total = f"{monotonic() - began:.1f} s"
        self.stdout.write(
            f"演示数据已装载，共 {total}" if changed else f"演示数据已在库中，本次没有任何改动（{total}）"
        )
        self.stdout.write(f"登录名：{' '.join(SIGN_INS)}")
        if password and "DEMO_PASSWORD" in os.environ:
            self.stdout.write("口令：即环境变量 DEMO_PASSWORD")
        elif password:
            self.stdout.write(f"口令（只显示这一次）：{password}")
