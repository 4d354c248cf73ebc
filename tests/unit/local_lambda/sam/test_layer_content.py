from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from local_lambda.model.function import ConfigurationError
from local_lambda.sam.layer_content import LayerContents, layer_name, read_layers
from tests.support.package import wheel

ARN = "arn:aws:lambda:eu-west-1:123456789012:layer:shared:7"
PYTHON = "python3.13"


def test_a_name_is_part_of_an_arn() -> None:
    assert layer_name(ARN) == "shared"
    assert layer_name("arn:aws-cn:lambda:cn-north-1:1:layer:shared") == "shared"
    assert layer_name("shared") == "shared"


@pytest.mark.parametrize("key", [ARN, ARN.removesuffix(":7"), "shared"])
def test_a_folder_by_arn_or_name(tmp_path: Path, key: str) -> None:
    (tmp_path / "content").mkdir()
    layers = LayerContents({key: "content"}, tmp_path / "template.yaml")
    assert layers.is_known(ARN)
    assert layers.content(ARN, PYTHON) == tmp_path / "content"
    assert not layers.is_known(ARN.replace("shared", "other"))


def test_a_zip_is_unpacked_with_its_modes_once_for_each_content(tmp_path: Path) -> None:
    def pack(text: str) -> None:
        with zipfile.ZipFile(tmp_path / "layer.zip", "w") as archive:
            entry = zipfile.ZipInfo("bin/tool")
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)

    layers = LayerContents({"shared": "layer.zip"}, tmp_path / "template.yaml")
    pack("one")
    first = layers.content(ARN, PYTHON)
    assert (first / "bin" / "tool").read_text() == "one"
    assert (first / "bin" / "tool").stat().st_mode & 0o777 == 0o755
    assert layers.content(ARN, PYTHON) == first
    pack("two")
    assert (layers.content(ARN, PYTHON) / "bin" / "tool").read_text() == "two"


def test_a_package_is_installed_below_python(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    layers = LayerContents({"shared": f"lambda-streaming @ {wheel().as_uri()}"}, template)
    # A URL has slashes, and is no path: it is a requirement by its @.
    content = layers.content(ARN, PYTHON)
    assert (content / "python" / "lambda_streaming" / "__init__.py").is_file()


@pytest.mark.parametrize("content", ["gone/", "gone.zip", "./gone"])
def test_a_path_that_is_not_there_is_said(tmp_path: Path, content: str) -> None:
    layers = LayerContents({"shared": content}, tmp_path / "template.yaml")
    with pytest.raises(ConfigurationError, match=r"The content of the layer arn.*shared:7 is not there"):
        layers.content(ARN, PYTHON)


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    (tmp_path / "layer.zip").write_text("text")
    layers = LayerContents({"shared": "layer.zip"}, tmp_path / "template.yaml")
    with pytest.raises(ConfigurationError, match="cannot be unpacked"):
        layers.content(ARN, PYTHON)


def test_options_stand_before_the_file_and_are_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, here = tmp_path / "project", tmp_path / "here"
    for folder in (project / "one", project / "two", here / "two"):
        folder.mkdir(parents=True)
    (project / "local-layers.json").write_text(json.dumps({"first": "one", "second": "two"}))
    monkeypatch.chdir(here)
    layers = read_layers(["second=two"], project / "template.yaml")
    assert layers.content("first", PYTHON) == project / "one"
    assert layers.content("second", PYTHON) == here / "two"


@pytest.mark.parametrize("option", ["shared", "shared=", "=folder"])
def test_an_option_of_another_form_is_said(tmp_path: Path, option: str) -> None:
    with pytest.raises(ConfigurationError, match="is not of the form ARN=FOLDER"):
        read_layers([option], tmp_path / "template.yaml")


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_a_file_of_another_form_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "local-layers.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"local-layers\.json"):
        read_layers([], tmp_path / "template.yaml")


def test_the_streaming_layer_is_known_by_its_name(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:us-east-1:210987654321:layer:lambda-streaming:3"
    layers = LayerContents({}, tmp_path / "template.yaml")
    assert layers.is_known(arn)
    content = layers.content(arn, PYTHON)
    assert (content / "python" / "streaming-bootstrap").is_file()
    assert (content / "python" / "lambda_streaming" / "__init__.py").is_file()
