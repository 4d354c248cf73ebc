"""How long the soaks among the tests take: `.ci/run` gives each a minute."""

from __future__ import annotations

import os

SECONDS = float(os.environ.get("SOAK_SECONDS", "15"))
