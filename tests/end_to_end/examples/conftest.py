"""The examples, served by the local Lambda."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_dump, yaml_parse

from tests.end_to_end.conftest import Built
from tests.support.fake_bedrock import MODEL, FakeBedrock
from tools.local_lambda_process import LocalLambda


@pytest.fixture(scope="module")
def template(request: pytest.FixtureRequest, built: Built) -> Path:
    """The template, built, of the example that the module's EXAMPLE names."""
    return built(request.module.EXAMPLE)


@pytest.fixture(scope="module")
def served(template: Path) -> Iterator[LocalLambda]:
    """The local Lambda with the example."""
    with LocalLambda(template) as running:
        yield running


@pytest.fixture(scope="module")
def bedrock() -> Iterator[FakeBedrock]:
    """Amazon Bedrock, which answers what a test tells it to."""
    with FakeBedrock() as fake:
        yield fake


@pytest.fixture(scope="module")
def served_with_model(template: Path, bedrock: FakeBedrock) -> Iterator[LocalLambda]:
    """The local Lambda with the example as it is deployed with a model's id."""
    document = yaml_parse(template.read_text())
    document["Parameters"]["BedrockModelId"]["Default"] = MODEL
    with_model = template.with_name("with-model.yaml")
    with_model.write_text(yaml_dump(document))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", bedrock.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        with LocalLambda(with_model) as running:
            yield running
