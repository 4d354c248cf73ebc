"""The context object."""

import json

from tests.conformance.awslambdaric.case import Call, Case

FIELDS = """
import datetime

def handler(event, context):
    print(context)
    print(context.identity, context.client_context)
    public = sorted(name for name in dir(context) if not name.startswith("_"))
    print(public)
    print(type(context).__name__, type(context.identity).__name__, type(context.client_context).__name__)
    client_context = context.client_context
    client = getattr(client_context, "client", None)
    return {
        "aws_request_id": context.aws_request_id,
        "log_group_name": context.log_group_name,
        "log_stream_name": context.log_stream_name,
        "function_name": context.function_name,
        "memory_limit_in_mb": context.memory_limit_in_mb,
        "function_version": context.function_version,
        "invoked_function_arn": context.invoked_function_arn,
        "tenant_id": context.tenant_id,
        "w3c": context.w3c(),
        "identity": [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
        "client_context": client_context and [client_context.custom, client_context.env],
        "client": client and [
            client.installation_id, client.app_title, client.app_version_name,
            client.app_version_code, client.app_package_name,
        ],
        "remaining": [
            type(context.get_remaining_time_in_millis()).__name__,
            context.get_remaining_time_in_millis() > 10 ** 9,
        ],
    }
"""

FULL_CLIENT_CONTEXT = {
    "client": {
        "installation_id": "i", "app_title": "t", "app_version_name": "n", "app_version_code": "c",
        "app_package_name": "p", "unknown": "u",
    },
    "custom": {"key": "é"},
    "env": {"make": "m"},
    "services": {},
}  # fmt: skip

ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_NAME": "named",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/named",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/22/[$LATEST]0123456789abcdef",
}

W3C = {"traceparent": "00-a-b-01", "tracestate": "x=1", "baggage": 7, "other": "o"}


def client(name: str, context: object, *, encoded: str | None = None) -> Call:
    text = json.dumps(context, ensure_ascii=False) if encoded is None else encoded
    return Call(f"client context: {name}", headers={"Lambda-Runtime-Client-Context": text})


def cognito(name: str, text: str) -> Call:
    return Call(f"identity: {name}", headers={"Lambda-Runtime-Cognito-Identity": text})


CASES = [
    Case(
        "context: fields",
        FIELDS,
        (
            Call("plain"),
            client("full", FULL_CLIENT_CONTEXT),
            client("empty", {}),
            client("null", None),
            client("client null", {"client": None, "custom": None, "env": None}),
            client("client empty", {"client": {}}),
            client("w3c", {"custom": {"a": 1}, "w3c": W3C}),
            client("only w3c", {"w3c": W3C}),
            client("w3c not an object", {"w3c": "text"}),
            client("w3c null", {"w3c": None}),
            client("custom not an object", {"custom": [1], "env": "text"}),
            client("client not an object", {"client": "text"}),
            client("a list", [1]),
            client("a string", "text"),
            client("a number", 5),
            client("NaN", None, encoded='{"custom": NaN}'),
            client("invalid", None, encoded="{not json"),
            client("trailing comma", None, encoded='{"a": 1,}'),
            client("extra data", None, encoded="{} {}"),
            client("empty text", None, encoded=""),
            cognito("both", '{"cognitoIdentityId": "id", "cognitoIdentityPoolId": "pool"}'),
            cognito("one", '{"cognitoIdentityId": "id"}'),
            cognito("empty", "{}"),
            cognito("null", "null"),
            cognito("a list", "[]"),
            cognito("a full list", "[1]"),
            cognito("false", "false"),
            cognito("invalid", "nonsense"),
            Call("tenant", headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"}),
            Call("no tenant again"),
            Call("non-ASCII tenant", headers={"Lambda-Runtime-Aws-Tenant-Id": "bläu"}),
            Call("no function ARN", headers={"Lambda-Runtime-Invoked-Function-Arn": None}),
            Call("context and event invalid", b"{", headers={"Lambda-Runtime-Client-Context": "{"}),
        ),
        environment=ENVIRONMENT,
    ),
    Case("context: bare environment", FIELDS),
    *(
        Case(
            f"context: the time left, {name}",
            "def handler(event, context): return context.get_remaining_time_in_millis()",
            (Call(headers={"Lambda-Runtime-Deadline-Ms": deadline}),),
        )
        for name, deadline in (("in the past", "1000"), ("zero", "0"), ("none", None))
    ),
    Case(
        "context: log",
        """
        def handler(event, context):
            context.log("text without a line break")
            context.log("é\\n")
            context.log({"a": 1})
            context.log(None)
            context.log("")
        """,
    ),
    Case(
        "context: log through the telemetry descriptor",
        """
        import logging
        def handler(event, context):
            context.log("text")
            context.log({"a": "é"})
            if event:
                logging.getLogger().handlers.clear()
                context.log("to stdout now\\n")
        """,
        (Call("plain"), Call("handlers cleared", 1)),
        telemetry=True,
    ),
    Case(
        "context: attributes can be added",
        "def handler(event, context):\n    context.extra = 1\n    return vars(context)['extra']",
    ),
    Case(
        "context: deleted from the environment",
        "import os\nos.environ['AWS_LAMBDA_FUNCTION_NAME'] = 'x'\ndef handler(e, c): return c.function_name",
    ),
]
