"""The tools: how each is put around a handler, and how one sees that it has seen the whole body.

Every form of handler streams "one", does ``late()``, and then streams "two" or raises an error.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conformance.tools.collector import documents


@dataclass(frozen=True)
class Seen:
    """What was logged during an invocation, and what the collector has got since it began."""

    log: str
    items: Callable[[], list[tuple[str, str]]]
    request_id: str
    failed: bool
    body: str

    def texts(self, path: str) -> list[str]:
        """The texts that came to a path that has ``path`` in it."""
        return [text for place, text in self.items() if path in place]


@dataclass(frozen=True)
class Tool:
    """``source`` defines ``tool``, the decorator; ``covers`` tells whether the whole body was seen."""

    name: str
    source: str
    covers: Callable[[Seen], bool]
    environment: dict[str, str] = field(default_factory=dict)


def _logged(seen: Seen) -> bool:
    late = [line for line in documents(seen.log) if line.get("message") == "late"]
    return [line.get("function_request_id") for line in late] == [seen.request_id]


def _metric(seen: Seen) -> bool:
    return [line["Rows"] for line in documents(seen.log) if "Rows" in line] == [[1.0]]


def _subsegment(seen: Seen) -> bool:
    segments = [json.loads(text) for text in seen.texts("xray")]
    faults = [bool(segment.get("fault")) for segment in segments if segment["name"].startswith("## ")]
    return faults == [seen.failed] and any(segment["name"] == "work" for segment in segments)


def _over_after_the_body(seen: Seen) -> bool:
    return seen.log.find("late") < seen.log.find("over") and "over" in seen.log


def _datadog(seen: Seen) -> bool:
    return ("enhanced.errors" in seen.log) == seen.failed and "enhanced.invocations" in seen.log


def _elastic(seen: Seen) -> bool:
    lines = documents("\n".join(seen.texts("/intake/")))
    outcomes = [line["transaction"]["outcome"] for line in lines if "transaction" in line]
    return len(outcomes) == 1 and (outcomes == ["failure"]) == seen.failed


def _new_relic(seen: Seen) -> bool:
    payloads = [line for line in documents(seen.log) if isinstance(line, list) and "NR_LAMBDA" in line[1]]
    if len(payloads) != 1:
        return False
    data = json.loads(gzip.decompress(base64.b64decode(payloads[0][-1])))
    return ("error_event_data" in json.dumps(data)) == seen.failed


def _epsagon(seen: Seen) -> bool:
    events = [event for text in seen.texts("/epsagon") for event in json.loads(text)["events"]]
    codes = [event["error_code"] for event in events if event["origin"] == "runner"]
    return len(codes) == 1 and (codes[0] != 0) == seen.failed


def _sentry_error(seen: Seen) -> bool:
    return any('"exception"' in text for text in seen.texts("/envelope/")) == seen.failed


DECORATORS = (
    Tool(
        "Powertools Logger",
        """
        from aws_lambda_powertools import Logger
        logger = Logger()
        tool = logger.inject_lambda_context
        def late(): logger.info("late")
        """,
        _logged,
    ),
    Tool(
        "Powertools Metrics",
        """
        from aws_lambda_powertools import Metrics
        metrics = Metrics(namespace="n")
        tool = metrics.log_metrics
        def late(): metrics.add_metric(name="Rows", unit="Count", value=1)
        """,
        _metric,
    ),
    Tool(
        "Powertools Tracer",
        """
        from aws_lambda_powertools import Tracer
        tracer = Tracer()
        tool = tracer.capture_lambda_handler
        def late():
            with tracer.provider.in_subsegment("work"): pass
        """,
        _subsegment,
    ),
    Tool(
        "Powertools event_source",
        """
        from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent, event_source
        tool = event_source(data_class=LambdaFunctionUrlEvent)
        def late(): pass
        """,
        lambda seen: "LambdaFunctionUrlEvent" in seen.body,
    ),
    Tool(
        "Powertools event_parser",
        """
        from aws_lambda_powertools.utilities.parser import event_parser
        from aws_lambda_powertools.utilities.parser.models import LambdaFunctionUrlModel
        tool = event_parser(model=LambdaFunctionUrlModel)
        def late(): pass
        """,
        lambda seen: "LambdaFunctionUrlModel" in seen.body,
    ),
    Tool(
        "Powertools lambda_handler_decorator",
        """
        from aws_lambda_powertools.middleware_factory import lambda_handler_decorator
        @lambda_handler_decorator
        def tool(handler, event, context):
            try: return handler(event, context)
            finally: print("over")
        def late(): print("late")
        """,
        _over_after_the_body,
    ),
    Tool(
        "Datadog",
        """
        from datadog_lambda.wrapper import datadog_lambda_wrapper as tool
        def late(): pass
        """,
        _datadog,
        {"DD_TRACE_ENABLED": "false", "DD_FLUSH_TO_LOG": "true", "DD_API_KEY": "x"},
    ),
    Tool(
        "New Relic",
        """
        import newrelic.agent
        newrelic.agent.initialize()
        from newrelic_lambda.lambda_handler import lambda_handler
        tool = lambda_handler()
        def late(): pass
        """,
        _new_relic,
        {
            "NEW_RELIC_ACCOUNT_ID": "1",
            "NEW_RELIC_SERVERLESS_MODE_ENABLED": "true",
            "NEW_RELIC_LICENSE_KEY": "x",
        },
    ),
    Tool(
        "Epsagon",
        """
        import os, epsagon
        url = os.environ["COLLECTOR"] + "/epsagon"
        epsagon.init(token="x", app_name="a", collector_url=url, use_ssl=False)
        tool = epsagon.lambda_wrapper
        def late(): pass
        """,
        _epsagon,
    ),
    Tool(
        "Elastic APM",
        """
        from elasticapm import capture_serverless as tool
        def late(): pass
        """,
        _elastic,
        {"ELASTIC_APM_CLOUD_PROVIDER": "none"},
    ),
    Tool(
        "Sentry serverless_function",
        """
        import os, sentry_sdk
        from sentry_sdk.integrations.serverless import serverless_function
        sentry_sdk.init(dsn=os.environ["DSN"], auto_enabling_integrations=False)
        tool = serverless_function
        def late(): pass
        """,
        _sentry_error,
    ),
)


def _sentry(seen: Seen) -> bool:
    envelopes = "\n".join(seen.texts("/envelope/"))
    return _sentry_error(seen) and '"type":"transaction"' in envelopes.replace(" ", "")


def _span(seen: Seen) -> bool:
    status = "ERROR" if seen.failed else "UNSET"
    return -1 < seen.log.find("late") < seen.log.find(f"SPAN function {status}")


def _subsegments_of_the_body(seen: Seen) -> bool:
    return any(json.loads(text)["name"] == "work" for text in seen.texts("xray"))


# Put around the function from outside, or inside of it: there is no above and below.
AROUND = (
    Tool(
        "Sentry AwsLambdaIntegration",
        """
        import os, sentry_sdk
        from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
        integrations = [AwsLambdaIntegration()]
        sentry_sdk.init(dsn=os.environ["DSN"], integrations=integrations, traces_sample_rate=1.0)
        def late(): pass
        """,
        _sentry,
    ),
    Tool(
        "OpenTelemetry AwsLambdaInstrumentor",
        """
        from opentelemetry import trace
        from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
        def shown(span): return f"SPAN {span.name} {span.status.status_code.name}\\n"
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(formatter=shown)))
        trace.set_tracer_provider(provider)
        def late(): print("late")
        def at_the_end(): AwsLambdaInstrumentor().instrument()
        """,
        _span,
    ),
    Tool(
        "Datadog by DD_LAMBDA_HANDLER",
        "def late(): pass",
        _datadog,
        {
            "_HANDLER": "datadog_lambda.handler.handler",
            "DD_LAMBDA_HANDLER": "app.handler",
            "DD_TRACE_ENABLED": "false",
            "DD_FLUSH_TO_LOG": "true",
            "DD_API_KEY": "x",
        },
    ),
    Tool(
        "Lumigo by LUMIGO_ORIGINAL_HANDLER",
        "def late(): pass",
        lambda seen: False,  # it speaks to its own servers alone
        {
            "_HANDLER": "lumigo_tracer.auto_instrument_handler._handler",
            "LUMIGO_ORIGINAL_HANDLER": "app.handler",
            "LUMIGO_TRACER_TOKEN": "t_10faa5e13e7844aaa1234",
            "LUMIGO_TRACER_HOST": "127.0.0.1",
        },
    ),
    Tool(
        "X-Ray SDK",
        """
        from aws_xray_sdk.core import xray_recorder
        def late():
            with xray_recorder.in_subsegment("work"): pass
        """,
        _subsegments_of_the_body,
    ),
)
