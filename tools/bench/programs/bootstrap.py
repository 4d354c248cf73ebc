"""Stands for /var/runtime/bootstrap.py: sets sys.path up as the managed runtime does, runs awslambdaric."""

import os
import site
import sys

task_root = os.environ["LAMBDA_TASK_ROOT"]
runtime_dir = os.environ["LAMBDA_RUNTIME_DIR"]
version = f"python{sys.version_info.major}.{sys.version_info.minor}"
layers = [f"/opt/python/lib/{version}/site-packages", "/opt/python"]
# runtime_dir is the folder of the real script, and as such on sys.path already
sys.path[:1] = [task_root, *layers, f"{sys.prefix}/lib/{version}/site-packages", runtime_dir]
for folder in (task_root, *layers):
    site.addsitedir(folder)
os.environ["PYTHONPATH"] = runtime_dir

from awslambdaric.__main__ import main  # noqa: E402

main([task_root, os.environ["_HANDLER"]])
