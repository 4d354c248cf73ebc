"""A template as CloudFormation gets it: after SAM's transform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import EXAMPLES

_IN_BUCKET = "s3://bucket/key"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/repository:tag"


def translated(path: Path) -> dict[str, Any]:
    """Return a template after the transform."""
    from samtranslator.yaml_helper import yaml_parse  # a quarter of a second, for a few tests

    from tools.rehearsal.sam_transform import transformed

    template = yaml_parse(path.read_text())
    # Only a packaged template can be translated: code and images are on AWS by then.
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        for key in ("CodeUri", "ContentUri"):
            if key in properties:
                properties[key] = _IN_BUCKET
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = _IMAGE
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        return transformed(template)


def of_type(name: str, kind: str) -> dict[str, Any]:
    """Return the properties of an example's resources of a type, by logical id."""
    resources = translated(EXAMPLES / name / "template.yaml")["Resources"].items()
    return {logical_id: one["Properties"] for logical_id, one in resources if one["Type"] == kind}
