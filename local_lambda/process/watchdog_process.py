"""The process of watchdog.py, which starts with every local Lambda: it imports little."""

import os
import signal
import sys

from local_lambda.process.offspring import kill_marked, marks_from


def watch(work: str, first_mark: str) -> None:
    """Wait until standard input ends, because the local Lambda has; then end and remove what is left.

    A line is ``+`` or ``-`` and the id of a process group that has started or ended, or ``=`` if the working
    directory, ``work``, is not to be removed here. What else has one of the marks (offspring.py) is killed.
    """
    groups, removes = set(), True
    for line in sys.stdin:
        if line[0] == "+":
            groups.add(int(line[1:]))
        elif line[0] == "-":
            groups.discard(int(line[1:]))
        else:
            removes = False
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    kill_marked(marks_from(int(first_mark)))
    if removes:
        import shutil

        shutil.rmtree(work, ignore_errors=True)
