"""CloudFront before function URLs: the template as AWS gets it, and what its functions answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.examples.translated import of_type
from tests.support.local_lambda_process import LocalLambda
from tests.support.runtime_process import ROOT
from tests.support.url_client import open_request, request

EXAMPLE = "cdn"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
IMAGE = (ROOT / "functions" / "image" / "cat.jpg").read_bytes()


@pytest.fixture(scope="module")
def distribution() -> dict[str, Any]:
    (properties,) = of_type(EXAMPLE, "AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = properties["DistributionConfig"]
    return config


def test_cloudfront_signs_for_each_url(distribution: dict[str, Any]) -> None:
    (control,) = of_type(EXAMPLE, "AWS::CloudFront::OriginAccessControl").values()
    config = control["OriginAccessControlConfig"]
    assert config.pop("Name")
    assert config == {
        "OriginAccessControlOriginType": "lambda",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    urls = of_type(EXAMPLE, "AWS::Lambda::Url")
    assert len(urls) == len(distribution["Origins"]) == 2
    for url in urls.values():
        assert (url["AuthType"], url["InvokeMode"]) == ("AWS_IAM", "RESPONSE_STREAM")
    for origin, url in zip(distribution["Origins"], urls, strict=True):
        assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["OriginAccessControl", "Id"]}
        # https://host/: the host is what is between the second slash and the third.
        split = {"Fn::Split": ["/", {"Fn::GetAtt": [url, "FunctionUrl"]}]}
        assert origin["DomainName"] == {"Fn::Select": [2, split]}


def test_cloudfront_and_nobody_else_has_both_permissions() -> None:
    permissions = of_type(EXAMPLE, "AWS::Lambda::Permission").values()
    distribution = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    for permission in permissions:
        assert permission["Principal"] == "cloudfront.amazonaws.com"
        assert permission["SourceArn"] == {"Fn::Sub": distribution}
    assert sorted((one["FunctionName"]["Ref"], one["Action"]) for one in permissions) == [
        (function, f"lambda:{action}")
        for function in ("CounterFunction", "ImageFunction")
        for action in ("InvokeFunction", "InvokeFunctionUrl")
    ]


def test_the_stream_is_neither_cached_nor_compressed_and_the_image_is_cached(
    distribution: dict[str, Any],
) -> None:
    stream, (image,) = distribution["DefaultCacheBehavior"], distribution["CacheBehaviors"]
    assert (stream["TargetOriginId"], stream["Compress"], stream["CachePolicyId"]) == (
        "counter",
        False,
        CACHING_DISABLED,
    )
    assert (image["TargetOriginId"], image["PathPattern"]) == ("image", "/cat.jpg")
    assert image["CachePolicyId"] != CACHING_DISABLED


def test_what_a_cache_asks_of_the_image(served: LocalLambda) -> None:
    url = served.urls["ImageFunction"]
    first = request(url, "/cat.jpg")
    assert (first.status, first.body) == (200, IMAGE)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = request(url, "/cat.jpg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_the_stream_is_one(served: LocalLambda) -> None:
    connection, response = open_request(
        served.urls["CounterFunction"], "/", headers={"Accept-Encoding": "gzip, br"}
    )
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert response.headers["Content-Encoding"] is None
    assert response.readline() == b"Hello 0 \n"
    response.close()
    connection.close()
