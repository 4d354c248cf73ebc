"""The machine that was measured on, and how much of it others used meanwhile."""

import os
import platform
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Share:
    """Watches, from its creation on, how much of the CPUs went to processes that are not the bench's."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._before = self._others()

    def percent(self) -> int:
        """CPU time of others, the hypervisor's included, as a percentage of all there was."""
        available = (time.monotonic() - self._started) * (os.cpu_count() or 1)
        return round(100 * max(0.0, self._others() - self._before) / available)

    @staticmethod
    def _others() -> float:
        """Seconds that all CPUs were busy or stolen, less those of this process and its dead children."""
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
        busy = (user + nice + system + irq + softirq + steal) / _TICKS
        return busy - sum(os.times()[:4])


def describe() -> dict[str, object]:
    """The system and its processors, without names of places."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cpus": len(os.sched_getaffinity(0)),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
