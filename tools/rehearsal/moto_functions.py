"""What moto lacks of Lambda: function URLs, layers and the architectures of functions."""

from __future__ import annotations

from typing import Any

from moto.awslambda import models as lambda_models
from moto.core.common_models import CloudFormationModel
from moto.core.models import DEFAULT_ACCOUNT_ID

from tools.rehearsal import REGION
from tools.rehearsal.replacing import replaces


class FunctionUrlConfig(lambda_models.FunctionUrlConfig):
    """A function URL that ends in a slash, as AWS's do, and whose InvokeMode can be updated."""

    def __init__(self, function: Any, config: dict[str, Any]) -> None:
        super().__init__(function, config)
        self.url += "/"

    def update(self, new_config: dict[str, Any]) -> None:
        self.config = {**self.config, **new_config}


lambda_models.FunctionUrlConfig = FunctionUrlConfig  # type: ignore[misc]


class FunctionUrl(CloudFormationModel):
    """AWS::Lambda::Url."""

    __module__ = "moto.awslambda"

    def __init__(self, function: lambda_models.LambdaFunction) -> None:
        self.function = function
        self.physical_resource_id = function.function_arn

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Url"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("FunctionUrl", "FunctionArn")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        config: dict[str, str] = self.function.get_url_config().to_dict()
        return config[attribute_name]

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> FunctionUrl:
        properties = cloudformation_json["Properties"]
        backend = lambda_models.lambda_backends[account_id][region_name]
        function = backend.get_function(properties["TargetFunctionArn"])
        function.create_url_config(properties)
        return cls(function)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: FunctionUrl,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> FunctionUrl:
        original_resource.function.update_url_config(cloudformation_json["Properties"])
        return original_resource

    def delete(self, account_id: str, region: str) -> None:
        self.function.delete_url_config()


_create_function = lambda_models.LambdaFunction.create_from_cloudformation_json


@replaces(lambda_models.LambdaFunction)
class _Function:
    @staticmethod
    def create_from_cloudformation_json(
        resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> lambda_models.LambdaFunction:
        """As moto does, with the properties that it drops."""
        function = _create_function(resource_name, cloudformation_json, account_id, region_name, **kwargs)
        properties = cloudformation_json["Properties"]
        function.layers = function._get_layers_data(properties.get("Layers", []))
        function.architectures = properties.get("Architectures", ["x86_64"])
        return function


@replaces(lambda_models.LayerVersion)
class _LayerVersion:
    physical_resource_id = property(lambda self: self.arn)

    def delete(self: Any, account_id: str, region: str) -> None:
        lambda_models.lambda_backends[account_id][region].delete_layer_version(self.name, str(self.version))


def url_of(function_name: str) -> Any:
    """Return the FunctionUrlConfig of a function. Raises LambdaClientError where it has none."""
    return lambda_models.lambda_backends[DEFAULT_ACCOUNT_ID][REGION].get_function_url_config(function_name)
