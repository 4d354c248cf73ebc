"""Build what is released into dist/: two packages, the layer, the starter, and their SHA-256 sums."""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lambda_streaming import __version__
from tools import ROOT
from tools.compile_layer import Project, bring_up_to_date, trust
from tools.release.archive import write_archive

SUMS = "SHA256SUMS"
STARTER = "lambda-streaming-starter"
# Of the files that git knows, those that a build needs.
_NEEDED = (
    "LICENSE",
    "docs/local-lambda.md",
    "layers",
    "local_lambda",
    "pyproject.toml",
    "starter",
    "template.yaml",
)


def release(target: Path) -> list[str]:
    """Build everything into ``target``, which is emptied; return the declared Pythons that were missing."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        sources = _copy(Path(scratch, "sources"))
        left_out = bring_up_to_date(sources)
        trust(Project(sources).cache)
        write_archive(target / f"lambda-streaming-layer-{__version__}.zip", sources / "layers" / "opt")
        write_archive(target / f"{STARTER}-{__version__}.zip", sources / "starter", f"{STARTER}/")
        # Not before: the wheel of the local Lambda has the layer as sources alone.
        for project in (sources / "layers" / "streaming", sources):
            _build_packages(project, target)
    (target / SUMS).write_text(sums(target))
    return left_out


def _copy(target: Path) -> Path:
    """Copy the files that git knows: whatever else lies about is not released."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *_NEEDED], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    return target


def _build_packages(project: Path, target: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target), "-t", "sdist", "-t", "wheel"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"release: {project.name} cannot be built: {done.stderr or done.stdout}")


def sums(target: Path) -> str:
    """Return the lines that `sha256sum --check` reads."""
    files = sorted(path for path in target.iterdir() if path.name != SUMS)
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def main() -> int:
    """Build, and show what was built; the exit status is 1 if a declared Python was missing."""
    parser = argparse.ArgumentParser(prog="./scripts/release", description=__doc__)
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", metavar="FOLDER", help="instead of dist/")
    parser.add_argument(
        "--without-missing",
        action="store_true",
        help="leave out the compiled code for Pythons that are not here; never for what is published",
    )
    arguments = parser.parse_args()
    missing = release(arguments.dist)
    print((arguments.dist / SUMS).read_text(), end="")
    if missing:
        declared = ", ".join(Project(ROOT).declared)
        print(f"release: no Python {', '.join(missing)} here, of {declared}", file=sys.stderr)
    return 1 if missing and not arguments.without_missing else 0


if __name__ == "__main__":
    sys.exit(main())
