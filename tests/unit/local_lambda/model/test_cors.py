"""The Cors of a function URL, as templates and the API have it."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.model.cors import CorsConfiguration, InvalidCors

ORIGIN = "https://a.example"
WHOLE = {
    "AllowOrigins": [ORIGIN, "https://b.example"],
    "AllowMethods": ["GET", "POST"],
    "AllowHeaders": ["content-type", "x-one"],
    "ExposeHeaders": ["date"],
    "MaxAge": 300,
    "AllowCredentials": True,
}


def test_values_as_templates_have_them() -> None:
    cors = CorsConfiguration.of({"AllowOrigins": "*", "MaxAge": "0", "AllowCredentials": "false"})
    assert cors == CorsConfiguration(allow_origins=("*",), max_age=0)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (True, "must be an object"),
        ({"AllowOrigin": ["*"]}, "AllowOrigin is not a property"),
        ({"AllowOrigins": [{"Ref": "Origin"}]}, "AllowOrigins must be a list of strings"),
        ({"AllowHeaders": ["a\nb"]}, "AllowHeaders must be a list of strings"),
        ({"MaxAge": 86401}, "MaxAge must be a number of seconds from 0 to 86400"),
        ({"MaxAge": "-1"}, "MaxAge"),
        ({"MaxAge": "٣"}, "MaxAge"),
        ({"MaxAge": "9" * 5000}, "MaxAge"),
    ],
)
def test_what_aws_would_not_take(properties: Any, reason: str) -> None:
    with pytest.raises(InvalidCors, match=reason):
        CorsConfiguration.of(properties)


def test_what_the_api_tells() -> None:
    assert CorsConfiguration.of(WHOLE).document() == WHOLE
    told = CorsConfiguration.of({"AllowOrigins": "*"}).document()
    assert told == {"AllowOrigins": ["*"], "AllowCredentials": False}
