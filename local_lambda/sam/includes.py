"""OpenAPI documents in files beside a template: `DefinitionUri`, and `AWS::Include` within a document.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-include.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from local_lambda.model.function import ConfigurationError

_API, _REST_API = "AWS::Serverless::Api", "AWS::ApiGateway::RestApi"
_NO_METHODS: Mapping[str, Any] = {"openapi": "3.0.1", "paths": {}}


def without_document(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return an API whose document is not there: with none of its methods."""
    stage = (resource.get("Properties") or {}).get("StageName", "")
    key = "DefinitionBody" if resource["Type"] == _API else "Body"
    return {"Type": resource["Type"], "Properties": {"StageName": stage, key: _NO_METHODS}}


class Includes:
    """Puts the files' content in its place, and remembers them."""

    def __init__(self, template: Path) -> None:
        self._folder = template.parent
        self.files: list[Path] = []

    def taken_in(self, resource: dict[str, Any]) -> dict[str, Any]:
        """Return an API with its whole document. Raises ConfigurationError without one of its files."""
        properties = resource.get("Properties")
        if resource.get("Type") not in (_API, _REST_API) or not isinstance(properties, dict):
            return resource
        taken = {key: self._included(value) for key, value in properties.items()}
        if "DefinitionUri" in taken and resource["Type"] == _API:
            taken["DefinitionBody"] = self._content(taken.pop("DefinitionUri"))
        if "BodyS3Location" in taken and resource["Type"] == _REST_API:
            taken["Body"] = self._content(taken.pop("BodyS3Location"))
        return {**resource, "Properties": taken}

    def _included(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._included(one) for one in value]
        if not isinstance(value, dict):
            return value
        taken = {key: self._included(one) for key, one in value.items()}
        transform = taken.pop("Fn::Transform", None)
        if not isinstance(transform, dict) or transform.get("Name") != "AWS::Include":
            return value if transform is not None else taken
        content = self._content((transform.get("Parameters") or {}).get("Location"))
        return {**content, **taken} if isinstance(content, dict) else content

    def _content(self, place: Any) -> Any:
        from samcli.yamlhelper import yaml_parse

        if not isinstance(place, str) or urlparse(place).scheme:
            raise ConfigurationError("Its OpenAPI document is on AWS only.")
        path = (self._folder / place).resolve()
        try:
            self.files.append(path)
            return self._included(yaml_parse(path.read_text()))
        except OSError as error:
            raise ConfigurationError(f"There is no OpenAPI document at {path}.") from error
        except ConfigurationError:
            raise
        except Exception as error:
            raise ConfigurationError(f"{path} is neither YAML nor JSON.") from error
