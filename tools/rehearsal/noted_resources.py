"""Resources of a stack that the stand-in only takes note of: no service is behind them, nothing is checked.

moto has no CloudFront in CloudFormation, and knows REST APIs neither by OpenAPI body nor with stages. So what
a stack would create is known, with its references resolved, and can be read as Cloud Control reads resources.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from moto.apigateway import models as api_gateway
from moto.core.common_models import CloudFormationModel

# By type and identifier.
_noted: dict[tuple[str, str], Mapping[str, Any]] = {}


class NotedResource:
    """What the models below have in common."""

    TYPE = ""
    # Attributes for Fn::GetAtt; {id} is the resource's own.
    ATTRIBUTES: Mapping[str, str] = {}
    # Where Ref is a property, as the name of a stage is.
    REF = ""

    def __init__(self, logical_id: str, properties: Mapping[str, Any]) -> None:
        made_up = hashlib.sha256(logical_id.encode()).hexdigest()[:10]
        self.physical_resource_id = str(properties[self.REF]) if self.REF else made_up
        _noted[self.TYPE, self.physical_resource_id] = properties

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.TYPE

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.ATTRIBUTES

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.ATTRIBUTES[attribute_name].format(id=self.physical_resource_id)

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> NotedResource:
        return cls(resource_name, cloudformation_json["Properties"])

    def delete(self, account_id: str, region: str) -> None:
        _noted.pop((self.TYPE, self.physical_resource_id), None)


def _note(kind: str, attributes: Mapping[str, str] | None = None, ref: str = "") -> None:
    # moto reads a model's service from the name of its module, and finds the models among the subclasses.
    _, service, name = kind.split("::")
    members = {
        "__module__": f"moto.{service.lower()}",
        "TYPE": kind,
        "ATTRIBUTES": attributes or {},
        "REF": ref,
    }
    _models.append(type(name, (NotedResource, CloudFormationModel), members))


_models: list[type] = []
for _moto_s_own in (api_gateway.RestAPI, api_gateway.Deployment):
    _moto_s_own.cloudformation_type = staticmethod(lambda: "")  # type: ignore[method-assign]
_note("AWS::ApiGateway::RestApi", {"RootResourceId": "{id}root"})
_note("AWS::ApiGateway::Deployment")
_note("AWS::ApiGateway::Stage", ref="StageName")
_note("AWS::CloudFront::Distribution", {"Id": "{id}", "DomainName": "{id}.cloudfront.net"})
_note("AWS::CloudFront::OriginAccessControl", {"Id": "{id}"})
_note("AWS::CloudFront::OriginRequestPolicy", {"Id": "{id}"})


def properties_of(kind: str, identifier: str) -> str | None:
    """The properties of a noted resource, as JSON."""
    properties = _noted.get((kind, identifier))
    return None if properties is None else json.dumps(properties)
