"""--env-vars, as SAM CLI has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError, SamOptions
from local_lambda.sam.template import read_template
from tests.unit.local_lambda.sam.conftest import first

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


def test_env_vars(template: Path) -> None:
    path = template.parent / "vars.json"
    values = {
        "First": {"SHARED": "first", "STAGE": 7, "KEY": True, "UNDECLARED": "x"},
        "Parameters": {"SHARED": "all", "OTHER": "y"},
    }
    path.write_text(json.dumps(values))
    template_read = read_template(template, SamOptions(env_vars=path))
    one, two = (function.environment for function in template_read.functions)
    assert one == {"STAGE": "7", "SHARED": "first", "KEY": "true"}
    assert two == {"STAGE": "dev", "SHARED": "all"}
    assert template_read.notices == [
        "OTHER of --env-vars is not set: no function has such a variable",
        "First: UNDECLARED of --env-vars is not set: the template has no such variable",
        'Second: KEY is not set: {"Fn::ImportValue": "Elsewhere"} has a value on AWS only',
    ]


def test_env_vars_for_nobody(template: Path) -> None:
    path = template.parent / "vars.json"
    path.write_text(
        '{"Frist": {"SHARED": "x"}, "dev-first": {}, "Parameters": {"SHRAED": "y", "STAGE": "z"}}'
    )
    assert read_template(template, SamOptions(env_vars=path)).notices[:2] == [
        "Frist of --env-vars is not a function of the template",
        "SHRAED of --env-vars is not set: no function has such a variable",
    ]


def test_env_vars_by_the_function_s_name(template: Path) -> None:
    path = template.parent / "vars.json"
    path.write_text('{"dev-first": {"SHARED": "by name"}}')
    assert first(template, env_vars=path).environment["SHARED"] == "by name"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no json", r"vars\.json is not JSON: .*\.$"),
        ("[]", r"vars\.json must be an object that has an object of variables for each function\.$"),
        ('{"First": 1}', r"vars\.json must be an object that has"),
        (None, r"^--env-vars .*vars\.json cannot be read: .*\.$"),
    ],
)
def test_env_vars_that_cannot_be_read(template: Path, text: str | None, sentence: str) -> None:
    path = template.parent / "vars.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigurationError, match=sentence):
        first(template, env_vars=path)
