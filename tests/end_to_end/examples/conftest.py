"""The examples: built by the real `sam`, each once, and translated as AWS translates them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from samcli.yamlhelper import yaml_dump, yaml_parse

from tests.support.fake_bedrock import MODEL, FakeBedrock
from tests.support.interpreters import interpreters
from tests.support.runtime_process import ROOT
from tools.local_lambda_process import LocalLambda

EXAMPLES = ROOT / "examples"
_SAM = Path(sys.executable).with_name("sam")

Built = Callable[[str], Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build an example; return its template, built."""
    templates: dict[str, Path] = {}

    def build(name: str) -> Path:
        if (EXAMPLES / name / "src" / "requirements.txt").exists() and "3.13" not in interpreters():
            pytest.skip("needs python3.13 on PATH, with which `sam build` installs the requirements.txt")
        if name not in templates:
            directory = tmp_path_factory.mktemp(name) / ".aws-sam" / "build"
            done = subprocess.run(
                [_SAM, "build", "--build-dir", directory],
                cwd=EXAMPLES / name,
                env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            templates[name] = directory / "template.yaml"
        return templates[name]

    return build


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
