"""The command line that every bench understands."""

import argparse
from collections.abc import Sequence


def read(words: Sequence[str]) -> argparse.Namespace:
    """`tries`, `households`, `million`."""
    options = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    options.add_argument("--tries", type=int, default=5)
    options.add_argument("--households", type=int, default=100_000)
    options.add_argument("--million", action="store_true")
    return options.parse_args(words)
