"""What moto lacks of CloudFormation: the SAM transform, outputs, templates at any host, policies, roles."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from moto.cloudformation import models as stack_models
from moto.cloudformation import parsing
from moto.cloudformation import responses as stack_responses
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam import models as iam_models
from moto.s3.models import s3_backends

from tools.rehearsal import REGION
from tools.rehearsal.replacing import replaces
from tools.rehearsal.sam_transform import transformed

_parse_plain = stack_models.Stack.parse_template


def _parse_template(template: str) -> dict[str, Any]:
    """Parse, and transform as `AWS::Serverless-2016-10-31` does. A resource unknown here is an error."""
    parsed = _parse_plain(template)
    if parsed.get("Transform"):
        parsed = transformed(parsed)
        parsed.pop("Transform", None)
    for logical_id, resource in parsed.get("Resources", {}).items():
        if resource["Type"] not in parsing.get_model_map():
            message = f"The stand-in does not know {resource['Type']}, the type of {logical_id}"
            raise ValidationError(message=message)
    return parsed


@replaces(stack_models.Stack)
class _Stack:
    parse_template = staticmethod(_parse_template)


@replaces(stack_models.ChangeSet)
class _ChangeSet:
    def _parse_template(self: Any) -> None:
        self.template_dict = _parse_template(self.template)

    def apply(self: Any) -> None:
        """As moto does, but the stack then has the outputs of its new template."""
        self.stack.resource_map.update(self.template_dict, self.parameters)
        self.stack.template, self.stack.parameters = self.template, self.parameters
        self.stack.template_dict = self.template_dict
        self.stack.output_map = self.stack._create_output_map()


@replaces(stack_models, stack_responses)
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


@replaces(iam_models.Role)
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


def make_outputs() -> None:
    """Make the outputs of all stacks anew."""
    for stack in stack_models.cloudformation_backends[DEFAULT_ACCOUNT_ID][REGION].stacks.values():
        stack.output_map = stack._create_output_map()
