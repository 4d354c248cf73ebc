"""Tools of this project, started by the scripts: benchmarks, and a deployment rehearsed."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
