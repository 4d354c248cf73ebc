"""Stands for /var/runtime/bootstrap.py: sets sys.path up as the managed runtime does, runs awslambdaric."""

import os
import site
import sys

task_root = os.environ["LAMBDA_TASK_ROOT"]
runtime_dir = os.environ["LAMBDA_RUNTIME_DIR"]
sys.path[0] = runtime_dir  # the folder of the real script
sys.path.insert(0, task_root)
site.addsitedir(task_root)
os.environ["PYTHONPATH"] = runtime_dir

from awslambdaric.__main__ import main  # noqa: E402

main([task_root, os.environ["_HANDLER"]])
