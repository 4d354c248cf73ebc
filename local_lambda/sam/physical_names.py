"""What `Ref` and `Arn` of a resource are in a function's variables: of its own service, with its own name.

SAM CLI gives the logical id, and the ARN of a Lambda function, for every resource, whatever name it declares.
A resource without a name has its logical id for one here, where AWS makes one up. The values:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PLACE = "${AWS::Region}:${AWS::AccountId}"


@dataclass(frozen=True)
class _Kind:
    name: str
    """The property that declares the name."""
    arn: str
    """What comes after arn:PARTITION:, before the name."""
    ref: str | None = ""
    """What comes before the name in a Ref; None where a Ref is the ARN."""
    attributes: tuple[str, str] = ("", "")
    """The attributes that are the name and the Ref."""


_FUNCTION = _Kind("FunctionName", f"lambda:{_PLACE}:function:")
_TABLE = _Kind("TableName", f"dynamodb:{_PLACE}:table/")
_STATE_MACHINE = (f"states:{_PLACE}:stateMachine:", None, ("Name", ""))
_KINDS = {
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::Serverless::SimpleTable": _TABLE,
    "AWS::S3::Bucket": _Kind("BucketName", "s3:::"),
    "AWS::Kinesis::Stream": _Kind("Name", f"kinesis:{_PLACE}:stream/"),
    "AWS::KinesisFirehose::DeliveryStream": _Kind("DeliveryStreamName", f"firehose:{_PLACE}:deliverystream/"),
    "AWS::Events::EventBus": _Kind("Name", f"events:{_PLACE}:event-bus/", "", ("Name", "")),
    "AWS::SQS::Queue": _Kind(
        "QueueName",
        f"sqs:{_PLACE}:",
        "https://sqs.${AWS::Region}.amazonaws.com/${AWS::AccountId}/",
        ("QueueName", "QueueUrl"),
    ),
    "AWS::SNS::Topic": _Kind("TopicName", f"sns:{_PLACE}:", None, ("TopicName", "TopicArn")),
    "AWS::StepFunctions::StateMachine": _Kind("StateMachineName", *_STATE_MACHINE),
    "AWS::Serverless::StateMachine": _Kind("Name", *_STATE_MACHINE),
}


def with_names(document: dict[str, Any]) -> None:
    """Put the values in the variables of a template's functions."""
    resources = document["Resources"]
    functions = [one for one in resources.values() if isinstance(one, dict) and _kind(one) is _FUNCTION]
    places = [_map(one.get("Properties")) for one in functions]
    known: dict[str, Any] = {}
    for name, resource in resources.items():
        if kind := _kind(resource):
            known |= _values(name, kind, _map(resource.get("Properties")).get(kind.name))
    for properties in (_map(_map(document.get("Globals")).get("Function")), *places):
        environment = _map(properties.get("Environment"))
        if "Variables" in environment:
            environment["Variables"] = _replaced(environment["Variables"], known)


def _kind(resource: Any) -> _Kind | None:
    kind = _map(resource).get("Type")
    return _KINDS.get(kind) if isinstance(kind, str) else None


def _values(logical_id: str, kind: _Kind, declared: Any) -> dict[str, Any]:
    """Return the values of ID, and of ID.Arn and other attributes."""
    name = declared if declared and "AWS::NoValue" not in str(declared) else logical_id
    arn = _before(f"arn:${{AWS::Partition}}:{kind.arn}", name)
    ref = arn if kind.ref is None else _before(kind.ref, name) if kind.ref else name
    attributes = {"Arn": arn} | dict(zip(kind.attributes, (name, ref), strict=True))
    return {logical_id: ref} | {f"{logical_id}.{key}": one for key, one in attributes.items() if key}


def _before(text: str, name: Any) -> Any:
    return {"Fn::Sub": [f"{text}${{name}}", {"name": name}]}


def _replaced(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    referred = _referred(value)
    if referred in known:
        return copy.deepcopy(known[referred])
    found = {key: _replaced(one, known) for key, one in value.items()}
    text, own = _substitution(found)
    used = {name: copy.deepcopy(one) for name, one in known.items() if f"${{{name}}}" in text}
    return {"Fn::Sub": [text, {**used, **own}]} if used else found


def _referred(value: Mapping[str, Any]) -> str:
    """Return ID of a Ref, ID.Attribute of an Fn::GetAtt; "" of all else."""
    name = value.get("Ref") or value.get("Fn::GetAtt")
    if len(value) != 1 or not name:
        return ""
    return ".".join(map(str, name)) if isinstance(name, list) else str(name)


def _substitution(value: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the text of an Fn::Sub, and its own variables."""
    found = value.get("Fn::Sub")
    text, own = found if isinstance(found, list) and len(found) == 2 else (found, {})
    return (text, _map(own)) if isinstance(text, str) else ("", {})


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
