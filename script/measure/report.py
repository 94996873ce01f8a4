"""Medians, spread, the table, one line per promise, the JSON beside it."""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure.world import ROOT, scalar

MOST_SPREAD = 0.30  # a median of tries further apart than this says nothing
KEPT = ROOT / "var/bench"


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> float:
    """How far the tries lie apart: (most - least) ÷ median, without the extremes when there are five or more."""
    inner = sorted(values)[1:-1] if len(values) >= 5 else list(values)
    middle = median(values)
    return (max(inner) - min(inner)) / middle if middle else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Report:
    """What one bench measured. `finish` prints and keeps it, and says with which status to end."""

    name: str
    lines: list[str] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    status: int = 0

    def tries(self, label: str, values: Sequence[float], unit: str = "s") -> None:
        """A row of the table with all tries."""
        self.kept[label] = list(values)
        shown = " ".join(f"{value:.3f}" if value < 100 else f"{value:.0f}" for value in values)
        print(
            f"  {label:<46} median {median(values):>10.3f} {unit:<4} spread {spread(values):>4.0%}   [{shown}]",
            flush=True,
        )

    def say(self, label: str, words: str) -> None:
        """A row without a promise."""
        self.kept[label] = words
        print(f"  {label:<46} {words}", flush=True)

    def promise(
        self,
        name: str,
        what: str,
        value: float,
        compare: str,
        limit: float,
        *,
        invalid: str = "",
        digits: int = 2,
        when: str = "",
    ) -> None:
        """The promise's line; `invalid` is the reason why the figure does not count."""
        held = value >= limit if compare == ">=" else value <= limit
        word = f"invalid ({invalid})" if invalid else "ok" if held else "short"
        under = f" {when}" if when else ""
        self._line(f"{name} {what}={value:.{digits}f}{under} promise{compare}{limit:g}", word)

    def account(self, name: str, total: int, accounted: int, differences: int) -> None:
        """The line of a count that must come out whole."""
        word = "ok" if accounted == total and not differences else "short"
        self._line(f"{name} households={total} accounted={accounted} differences={differences}", word)

    def _line(self, words: str, word: str) -> None:
        self.lines.append(f"{words} {word}")
        if word != "ok":
            self.status = 1

    def finish(self) -> int:
        """Prints the lines, writes var/bench/<name>.json; 1 when a line is not ok."""
        KEPT.mkdir(parents=True, exist_ok=True)
        content = {"machine": machine(), "figures": self.kept, "lines": self.lines, "at": time.time()}
        (KEPT / f"{self.name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False))
        print(*self.lines, sep="\n", flush=True)
        return self.status


def apart(*many: Sequence[float]) -> str:
    """Why tries are no basis for a verdict; empty when they are."""
    worst = max(spread(values) for values in many)
    return f"spread {worst:.0%}" if worst > MOST_SPREAD else ""


def machine() -> dict[str, Any]:
    """What it ran on: cores, memory, versions, load."""
    import django

    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(int(memory.split()[1]) / 1024 / 1024, 1),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": scalar("SHOW server_version"),
        "fsync": scalar("SHOW fsync"),
        "synchronous_commit": scalar("SHOW synchronous_commit"),
        "shared_buffers": scalar("SHOW shared_buffers"),
    }


def headline(name: str, **sizes: object) -> None:
    """The first line of a bench."""
    print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in {**sizes, **machine()}.items()), flush=True)


def finish(report: Report) -> None:
    """Ends the process with the report's status."""
    sys.exit(report.finish())
