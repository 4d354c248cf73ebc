"""Run a program of this project as `python -m` does, with what it starts itself by forks (`preloaded.py`).

python -m tests.support.forking MODULE ARGUMENT ...
"""

from __future__ import annotations

import runpy
import sys

from tests.support import preloaded

if __name__ == "__main__":
    del sys.argv[0]
    preloaded.use(setattr)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
