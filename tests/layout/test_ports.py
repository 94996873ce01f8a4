"""The ports that a clone claims for itself, by the shell's own function."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIM = """
set -e
fail() { echo "$1" >&2; exit 1; }
say() { echo "$1" >&2; }
source script/lib/ports.sh
for held in 3 4 5 6 7 8 9; do eval "exec $held>\\"$1/$held\\""; done
claim_port FIRST 48213
claim_port SECOND 48213
claim_port THIRD 48213
for held in 3 4 5 6 7 8 9; do readlink "/proc/$$/fd/$held"; done
echo "$FIRST $SECOND $THIRD"
"""


def test_claiming_ports_lets_go_of_no_lock_and_gives_each_its_own(tmp_path: Path) -> None:
    said = subprocess.run(  # noqa: S603  (our own script)
        ["/bin/bash", "-c", CLAIM, "claim", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said[:-1] == [str(tmp_path / str(held)) for held in range(3, 10)]
    ports = [int(port) for port in said[-1].split()]
    assert len(set(ports)) == 3
    assert all(48213 <= port < 48313 for port in ports)
