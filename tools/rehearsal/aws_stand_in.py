"""A TEST DOUBLE: stands in for AWS's control plane, so that real `sam deploy` can be run with no account.

It is moto's server plus what moto lacks of a deployment with SAM. It reaches into moto's internals, therefore
the pin in requirements-dev.in. It shows that templates, artefacts and outputs are right as far as SAM's own
translator and moto know; it enforces no permission and runs no function. Nothing of it is ever deployed.

`python -m tools.rehearsal.aws_stand_in` prints its URL, for AWS_ENDPOINT_URL, and ends when its input does.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tools.rehearsal import REGION, SERVED_AT

os.environ["AWS_DEFAULT_REGION"] = REGION
# Roles refer to AWS's managed policies, which moto loads only when told to.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

from moto.awslambda import models as lambda_models
from moto.awslambda.exceptions import LambdaClientError
from moto.cloudformation import models as stack_models
from moto.cloudformation import parsing
from moto.cloudformation import responses as stack_responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam import models as iam_models
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.models import s3_backends
from samtranslator.translator.transform import transform
from werkzeug.serving import make_server

from tools.rehearsal.noted_resources import properties_of

_Class = TypeVar("_Class", bound=type)


def _replaces(*originals: Any) -> Callable[[_Class], _Class]:
    """Put the members of the decorated class in the place of those of moto's classes or modules."""

    def put(replacement: _Class) -> _Class:
        for name, member in vars(replacement).items():
            if not name.startswith("__"):
                for original in originals:
                    setattr(original, name, member)
        return replacement

    return put


# --- CloudFormation: the SAM transform, outputs, templates at any host; bucket policies and roles ----------


class _ManagedPolicies:
    """The one managed policy that SAM gives functions by itself."""

    def load(self) -> dict[str, str]:
        name = "AWSLambdaBasicExecutionRole"
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}"}


_parse_plain = stack_models.Stack.parse_template


def _parse_template(template: str) -> dict[str, Any]:
    """Parse, and transform as `AWS::Serverless-2016-10-31` does. A resource unknown here is an error."""
    parsed = _parse_plain(template)
    if parsed.get("Transform"):
        parsed = transform(parsed, {}, _ManagedPolicies())
        parsed.pop("Transform", None)
    for logical_id, resource in parsed.get("Resources", {}).items():
        if resource["Type"] not in parsing.get_model_map():
            message = f"The stand-in does not know {resource['Type']}, the type of {logical_id}"
            raise ValidationError(message=message)
    return parsed


@_replaces(stack_models.Stack)
class _Stack:
    parse_template = staticmethod(_parse_template)


@_replaces(stack_models.ChangeSet)
class _ChangeSet:
    def _parse_template(self: Any) -> None:
        self.template_dict = _parse_template(self.template)

    def apply(self: Any) -> None:
        """As moto does, but the stack then has the outputs of its new template."""
        self.stack.resource_map.update(self.template_dict, self.parameters)
        self.stack.template, self.stack.parameters = self.template, self.parameters
        self.stack.template_dict = self.template_dict
        self.stack.output_map = self.stack._create_output_map()


@_replaces(stack_models, stack_responses)
class _TemplateUrl:
    @staticmethod
    def get_stack_from_s3_url(template_url: str, account_id: str, partition: str) -> str:
        """Read a template at https://any-host/bucket/key."""
        bucket, key = urlsplit(template_url).path.lstrip("/").split("/", 1)
        stored = s3_backends[account_id][partition].get_object(bucket, key)
        assert stored is not None, f"no {key} in {bucket}"
        return stored.value.decode()


class BucketPolicy(CloudFormationModel):
    """AWS::S3::BucketPolicy; the stack of SAM's own bucket has one."""

    __module__ = "moto.s3"  # moto reads a model's service from the name of its module

    def __init__(self, bucket: str) -> None:
        self.physical_resource_id = bucket

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> BucketPolicy:
        # Not applied: it denies requests without TLS, and so are all those to the stand-in.
        return cls(cloudformation_json["Properties"]["Bucket"])

    def delete(self, account_id: str, region: str) -> None:
        pass


_create_role = iam_models.Role.create_from_cloudformation_json


@_replaces(iam_models.Role)
class _Role:
    @staticmethod
    def create_from_cloudformation_json(
        resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> iam_models.Role:
        """As moto does, with the managed policies, which it drops, and without a policy that is NoValue."""
        properties = cloudformation_json["Properties"]
        properties["Policies"] = [policy for policy in properties.get("Policies", []) if policy is not None]
        role = _create_role(resource_name, cloudformation_json, account_id, region_name, **kwargs)
        for arn in properties.get("ManagedPolicyArns", []):
            iam_models.iam_backends[account_id]["aws"].attach_role_policy(arn, role.name)
        return role

    def delete(self: Any, account_id: str, region: str) -> None:
        self.managed_policies.clear()
        iam_models.iam_backends[account_id]["aws"].delete_role(self.name)


# --- Lambda: function URLs, layers ------------------------------------------------------------------------


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


@_replaces(lambda_models.LambdaFunction)
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


@_replaces(lambda_models.LayerVersion)
class _LayerVersion:
    physical_resource_id = property(lambda self: self.arn)

    def delete(self: Any, account_id: str, region: str) -> None:
        lambda_models.lambda_backends[account_id][region].delete_layer_version(self.name, str(self.version))


# --- The server -------------------------------------------------------------------------------------------


class Application:
    """moto's application, and before it the two requests that moto does not know."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if environ.get("HTTP_X_AMZ_TARGET") == "CloudApiService.GetResource":
            answer = _get_resource(json.loads(environ["wsgi.input"].read(length)))
        elif environ["PATH_INFO"].startswith(SERVED_AT):
            name = environ["PATH_INFO"].removeprefix(SERVED_AT)
            answer = _serve_at(name, environ["wsgi.input"].read(length).decode())
        else:
            moto: Iterable[bytes] = self._moto(environ, start_response)
            return moto
        status, body = answer
        start_response(status, [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps(body).encode()]


def _get_resource(request: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Cloud Control's GetResource of a function URL (`sam list endpoints` asks), or of what is only noted."""
    noted = properties_of(request["TypeName"], request["Identifier"])
    if noted is not None:
        return "200 OK", _description(request, noted)
    backend = lambda_models.lambda_backends[DEFAULT_ACCOUNT_ID][REGION]
    try:
        config = backend.get_function_url_config(request["Identifier"]).to_dict()
    except LambdaClientError as error:
        return "400 Bad Request", {"__type": "ResourceNotFoundException", "Message": str(error)}
    return "200 OK", _description(request, json.dumps(config))


def _description(request: dict[str, str], properties: str) -> dict[str, Any]:
    description = {"Identifier": request["Identifier"], "Properties": properties}
    return {"TypeName": request["TypeName"], "ResourceDescription": description}


def _serve_at(function_name: str, url: str) -> tuple[str, dict[str, Any]]:
    """From now on the function's URL, in outputs too, is the one given."""
    backend = lambda_models.lambda_backends[DEFAULT_ACCOUNT_ID][REGION]
    backend.get_function_url_config(function_name).url = url
    for stack in stack_models.cloudformation_backends[DEFAULT_ACCOUNT_ID][REGION].stacks.values():
        stack.output_map = stack._create_output_map()
    return "200 OK", {}


def main() -> int:
    """Serve on a free port until the input ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, Application(), threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
