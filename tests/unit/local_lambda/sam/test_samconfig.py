"""--config-file and --config-env, as SAM CLI has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError
from tests.unit.local_lambda.sam.conftest import CONFIG, first

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # SAM CLI's own


def test_samconfig(template: Path) -> None:
    (template.parent / "samconfig.toml").write_text(CONFIG)
    assert first(template).environment["STAGE"] == "served"
    assert first(template).memory == 256
    assert first(template, command="invoke").environment["STAGE"] == "global"
    assert first(template, config_env="prod").memory == 512
    assert first(template, config_env="pointed").environment["STAGE"] == "dev"
    # An option replaces the file's value as a whole.
    assert first(template, parameter_overrides=["Stage=mine"]).memory == 128
    (template.parent / "vars.json").write_text('{"Parameters": {"SHARED": "file"}}')
    assert first(template, config_env="pointed", command="invoke").environment["SHARED"] == "file"


def test_another_config_file(template: Path) -> None:
    other = template.parent / "other" / "some.toml"
    other.parent.mkdir()
    other.write_text(CONFIG)
    assert first(template, config_file=other).environment["STAGE"] == "served"
    with pytest.raises(ConfigurationError, match=r"some\.toml has no environment none"):
        first(template, config_file=other, config_env="none")
    other.write_text("no toml")
    with pytest.raises(ConfigurationError, match=r"some\.toml cannot be read"):
        first(template, config_file=other)
    other.unlink()
    with pytest.raises(ConfigurationError, match=r"^There is no .*some\.toml: see --config-file\.$"):
        first(template, config_file=other)
