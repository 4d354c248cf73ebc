"""Sign a request to a URL of AuthType AWS_IAM, by botocore, with one of the keys that the local Lambda knows.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html. The secret stays here: the page asks for a
signature and never sees a key.
"""

import hashlib
from dataclasses import replace

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_lambda.endpoints.signed_query import normalised
from local_lambda.http.message import HttpRequest
from local_lambda.model.credentials import KnownCredentials


def signed(request: HttpRequest, body: bytes, known: KnownCredentials, region: str) -> HttpRequest:
    """The request with the headers of its signature; those it had of one are taken off."""
    names = ("authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token")
    headers = [(name, value) for name, value in request.headers if name not in names]
    headers.append(("x-amz-content-sha256", hashlib.sha256(body).hexdigest()))
    url = f"http://localhost{request.path}?{normalised(request.query)}"
    prepared = AWSRequest(method=request.method, url=url, data=body)
    for name, value in headers:
        prepared.headers.add_header(name, value)
    credentials = Credentials(known.access_key, known.secret_key, known.token)
    SigV4Auth(credentials, "lambda", region).add_auth(prepared)
    added = [(name, prepared.headers[name]) for name in (names[0], names[1], names[3])]
    return replace(request, headers=[*headers, *((name, value) for name, value in added if value)])
