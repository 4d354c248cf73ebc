"""`python -m tools.soak`: ten minutes with Lambda's limits, ten without; 1 if anything is lost or grows."""

from __future__ import annotations

import argparse
import platform
import sys
from pathlib import Path

from tools.soak.soak import soak


def main() -> int:
    """Run both; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of each of the two runs (10)")
    parser.add_argument("--only", choices=["limits", "no-limits"], help="only one of them")
    arguments = parser.parse_args()
    if not Path("/proc/self/status").exists():
        print("The figures are read from /proc, which this system does not have.")
        return 2
    wrong = 0
    for name in ("limits", "no-limits"):
        if arguments.only in (None, name):
            print(f"{name}, Python {platform.python_version()}, {arguments.minutes:g} minutes", flush=True)
            outcome = soak(
                arguments.minutes, limits=name == "limits", tell=lambda line: print(line, flush=True)
            )
            print("sent:  ", ", ".join(f"{kind} {count}" for kind, count in outcome.sent.items()))
            print(f"wrong:  {len(outcome.wrong)}", *outcome.wrong[:20], sep="\n        ", flush=True)
            wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
