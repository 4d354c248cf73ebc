"""CloudFront before function URLs: the template as AWS gets it, and what its functions answer."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_lambda.model.credentials import DEFAULT_CREDENTIALS
from tests.end_to_end.translated import of_type
from tests.support.runtime_process import ROOT
from tests.support.url_client import Answer, request
from tools.local_lambda_process import LocalLambda

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


class _OriginAccessControl(SigV4Auth):
    """Signs as CloudFront does: of the body it knows only the hash that the viewer has sent."""

    def payload(self, request: AWSRequest) -> str:
        sent: str | None = request.headers.get("x-amz-content-sha256")
        return sent or ("UNSIGNED-PAYLOAD" if request.method == "POST" else super().payload(request))


def from_cloudfront(
    url: str, path: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """Send a viewer's request as CloudFront would."""
    request_ = AWSRequest(method, url.rstrip("/") + path, headers=headers or {}, data=body)
    credentials = Credentials(DEFAULT_CREDENTIALS.access_key, DEFAULT_CREDENTIALS.secret_key)
    _OriginAccessControl(credentials, "lambda", "us-east-1").add_auth(request_)
    return request(url, path, method, body, dict(request_.headers.items()))


def test_only_cloudfront_gets_in(served: LocalLambda) -> None:
    for function in ("CounterFunction", "ImageFunction"):
        answer = request(served.urls[function])
        assert (answer.status, answer.json["Message"][:9]) == (403, "Forbidden")


def test_what_a_cache_asks_of_the_image(served: LocalLambda) -> None:
    url = served.urls["ImageFunction"]
    first = from_cloudfront(url, "/cat.jpg")
    assert (first.status, first.body) == (200, IMAGE)
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = from_cloudfront(url, "/cat.jpg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_the_stream_is_one(served: LocalLambda) -> None:
    answer = from_cloudfront(served.urls["CounterFunction"], "/", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Content-Encoding"] is None
    assert answer.body.startswith(b"Hello 0 \nHello 1 \n")


def test_a_post_needs_the_hash_of_its_body(served: LocalLambda) -> None:
    url, body = served.urls["CounterFunction"], b'{"message": "hello"}'
    right = hashlib.sha256(body).hexdigest()
    assert from_cloudfront(url, "/", "POST", body, {"x-amz-content-sha256": right}).status == 200
    for headers in ({}, {"x-amz-content-sha256": hashlib.sha256(b"other").hexdigest()}):
        refused = from_cloudfront(url, "/", "POST", body, headers)
        assert (refused.status, refused.headers["x-amzn-ErrorType"]) == (403, "InvalidSignatureException")
