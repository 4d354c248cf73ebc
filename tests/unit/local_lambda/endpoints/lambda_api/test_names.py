"""What callers may name a function, and who may call."""

from __future__ import annotations

import functools
import re
from typing import Any
from urllib.parse import quote

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_lambda.endpoints.lambda_api.names import _PATTERN, FunctionReference, InvalidName, parse

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-function_1"


@pytest.mark.parametrize("escape", [str, lambda text: quote(text, safe="")], ids=["plain", "escaped"])
@pytest.mark.parametrize(
    ("text", "region", "account"),
    [
        ("my-function_1", None, None),
        ("123456789012:function:my-function_1", None, "123456789012"),
        (ARN, "eu-west-1", "123456789012"),
        (ARN.replace("arn:aws:", "arn:aws-us-gov:"), "eu-west-1", "123456789012"),
    ],
)
@pytest.mark.parametrize("qualifier", [None, "$LATEST", "7", "live"])
def test_a_reference(
    escape: type[str], text: str, region: str | None, account: str | None, qualifier: str | None
) -> None:
    expected = FunctionReference(name="my-function_1", qualifier=qualifier, region=region, account=account)
    assert parse(escape(text), qualifier) == expected
    if qualifier:
        assert parse(escape(f"{text}:{qualifier}"), None) == expected
        assert parse(escape(f"{text}:{qualifier}"), qualifier) == expected


@pytest.mark.parametrize("text", ["", "my function", "a/b", f"{ARN}:live:more", "arn:aws:s3:::bucket", "f:"])
def test_not_a_name(text: str) -> None:
    with pytest.raises(InvalidName, match="neither a function's name nor its ARN"):
        parse(quote(text, safe=""), None)


def test_two_qualifiers() -> None:
    with pytest.raises(InvalidName, match="does not match the specified qualifier"):
        parse("f:live", "other")


def test_the_arn_of_what_is_asked_for() -> None:
    assert parse("f", None).arn("us-east-1") == "arn:aws:lambda:us-east-1:123456789012:function:f"
    assert parse(ARN, "live").arn("us-east-1") == f"{ARN}:live"
    assert parse(ARN, None).is_of("eu-west-1")
    assert not parse(ARN, None).is_of("us-east-1")
    assert not parse("000000000001:function:f", None).is_of("us-east-1")


@functools.cache
def model_s_pattern() -> str:
    model = botocore.session.get_session().get_service_model("lambda")
    request: Any = model.shape_for("InvocationRequest")
    pattern: str = request.members["FunctionName"].metadata["pattern"]
    # In Java's classes the hyphen of 9-_ is one, and no range.
    for java, python in ((r"[a-zA-Z0-9-_\.]", r"[a-zA-Z0-9_.-]"), ("[a-zA-Z0-9-_]", "[a-zA-Z0-9_-]")):
        pattern = pattern.replace(java, python)
    return pattern


@given(st.from_regex(_PATTERN, fullmatch=True))
def test_the_pattern_is_within_the_model_s(text: str) -> None:
    assert re.fullmatch(model_s_pattern(), text, re.ASCII)
