"""Put compiled code for every declared Python that this machine has into the wheel.

https://hatch.pypa.io/latest/plugins/build-hook/custom/
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Compiles the package into a folder beside it, which the wheel is made of, too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the project is installed to be edited."""
        if version != "standard":
            return
        sys.path.insert(0, self.root)
        from compile_package import compile_package

        package = Path(self.root, "lambda_streaming")
        self._compiled = tempfile.TemporaryDirectory()
        declared = [
            match[1]
            for name in self.metadata.core.classifiers
            if (match := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", name))
        ]
        target = Path(self._compiled.name)
        found = [v for v in declared if compile_package(package, target, "/var/task/lambda_streaming", v)]
        self.app.display_info(f"Compiled for Python {', '.join(found) or 'none'}")
        for path in sorted(target.iterdir()):
            build_data["force_include"][str(path)] = f"lambda_streaming/__pycache__/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the folder."""
        if version == "standard":
            self._compiled.cleanup()
