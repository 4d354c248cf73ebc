"""The descriptions that GetFunction, GetFunctionUrlConfig and their relatives return.

https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html and
API_GetFunctionUrlConfig.html. What only a deployed function has (its role, the size and hash of its ZIP) is
left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from local_lambda.endpoints.lambda_api.names import LATEST
from local_lambda.model.function import FunctionConfiguration


@dataclass(frozen=True)
class FunctionDescription:
    """A function as the API shows it; `url` is where it is served on this machine."""

    configuration: FunctionConfiguration
    region: str
    url: str | None
    since: str
    """Since when it is served, as the API writes times."""

    @property
    def arn(self) -> str:
        """The function's ARN, without a version."""
        return self.configuration.arn(self.region)

    def function_configuration(self, qualifier: str | None = None) -> dict[str, Any]:
        """Return the response to GetFunctionConfiguration."""
        function = self.configuration
        return {
            "FunctionName": function.name,
            "FunctionArn": f"{self.arn}:{qualifier}" if qualifier else self.arn,
            "Runtime": function.runtime,
            "Handler": function.handler,
            "Timeout": function.timeout,
            "MemorySize": function.memory,
            "LastModified": self.since,
            "Version": LATEST,
            "Environment": {"Variables": function.environment},
            "PackageType": "Zip",
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }

    def function(self, qualifier: str | None = None) -> dict[str, Any]:
        """Return the response to GetFunction."""
        return {"Configuration": self.function_configuration(qualifier)}

    def url_config(self) -> dict[str, Any] | None:
        """Return the response to GetFunctionUrlConfig; None when the function has no URL."""
        if self.configuration.url is None or self.url is None:
            return None
        cors = self.configuration.url.cors
        return {
            "FunctionUrl": self.url,
            "FunctionArn": self.arn,
            "AuthType": self.configuration.url.auth_type,
            "InvokeMode": self.configuration.url.invoke_mode,
            "CreationTime": self.since,
            "LastModifiedTime": self.since,
            **({"Cors": cors.document()} if cors else {}),
        }

    def url_configs(self) -> dict[str, Any]:
        """Return the response to ListFunctionUrlConfigs."""
        config = self.url_config()
        return {"FunctionUrlConfigs": [config] if config else []}


def function_list(descriptions: Sequence[FunctionDescription]) -> dict[str, Any]:
    """Return the response to ListFunctions, in one page."""
    return {"Functions": [description.function_configuration() for description in descriptions]}
