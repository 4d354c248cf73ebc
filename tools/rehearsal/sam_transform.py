"""The transform `AWS::Serverless-2016-10-31`, by SAM's own translator."""

from __future__ import annotations

from typing import Any

from samtranslator.translator.transform import transform


class _ManagedPolicies:
    """The one managed policy that SAM gives functions by itself."""

    def load(self) -> dict[str, str]:
        name = "AWSLambdaBasicExecutionRole"
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}"}


def transformed(template: dict[str, Any]) -> dict[str, Any]:
    """Return a packaged template after the transform; for the region of AWS_DEFAULT_REGION."""
    done: dict[str, Any] = transform(template, {}, _ManagedPolicies())
    return done
