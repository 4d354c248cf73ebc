"""Lines of the log that name a copy's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.process.source_names import SourceNames


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('  File "{copy}/app.py", line 3, in handler', '  File "{source}/app.py", line 3, in handler'),
        ("{copy}/app.py:3: DeprecationWarning: old", "{source}/app.py:3: DeprecationWarning: old"),
        ("at {copy}/deep/a b.py", "at {source}/deep/a b.py"),
        ("{copy}/app.py and then", "{source}/app.py and then"),
        ('File \\"{copy}/app.py\\", line 3', 'File \\"{source}/app.py\\", line 3'),
        ('  File "{copy}/installed/api.py", line 9', '  File "{copy}/installed/api.py", line 9'),
        ("{copy}-other/app.py", "{copy}-other/app.py"),
        ("{copy}", "{copy}"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_a_path(tmp_path: Path, line: str, named: str) -> None:
    source, copy = tmp_path / "src", tmp_path / "build (1)" / "F"
    (source / "deep").mkdir(parents=True)
    (source / "app.py").touch()
    (source / "deep" / "a b.py").touch()
    names = SourceNames([(tmp_path / "layer", tmp_path / "build (1)"), (source, copy)])
    assert names.in_line(line.format(copy=copy, source=source)) == named.format(copy=copy, source=source)


def test_without_copies() -> None:
    assert SourceNames([]).in_line("/any/path.py") == "/any/path.py"
