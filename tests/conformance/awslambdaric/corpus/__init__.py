"""The corpus, by topic."""

from tests.conformance.awslambdaric.case import Case
from tests.conformance.awslambdaric.corpus import (
    context,
    errors,
    json_events,
    json_results,
    lifecycle,
    logging_json,
    logging_text,
    lookup,
    telemetry,
)

CASES: list[Case] = [
    *lookup.CASES,
    *json_results.CASES,
    *json_events.CASES,
    *context.CASES,
    *errors.CASES,
    *logging_text.CASES,
    *logging_json.CASES,
    *telemetry.CASES,
    *lifecycle.CASES,
]
