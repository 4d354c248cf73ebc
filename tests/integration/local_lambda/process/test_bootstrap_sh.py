from __future__ import annotations

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[4] / "local_lambda" / "process" / "bootstrap.sh"


def test_wrappers_are_found_where_the_layers_are_on_this_machine(tmp_path: Path) -> None:
    wrapper = tmp_path / "opt" / "wrapper"
    wrapper.parent.mkdir()
    wrapper.write_text('#!/bin/sh\necho "$LAMBDA_STREAMING_NEXT_WRAPPER" "$@"\n')
    wrapper.chmod(0o755)
    environment = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper",
        "LAMBDA_STREAMING_NEXT_WRAPPER": "/var/task/other",
        "LAMBDA_LAYERS_DIR": str(wrapper.parent),
        "LAMBDA_TASK_ROOT": str(tmp_path / "task"),
    }
    command = ["/bin/sh", str(SCRIPT), "python", "bootstrap.py"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path}/task/other python bootstrap.py\n"
