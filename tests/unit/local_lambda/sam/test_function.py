"""What SAM CLI's model of a function lacks."""

from __future__ import annotations

from typing import Any

import pytest

from local_lambda.model.function import ConfigurationError
from local_lambda.sam.function import max_concurrency


@pytest.mark.parametrize(
    ("config", "memory", "expected"),
    [
        (None, 128, None),
        ({"Arn": "a"}, 128, 16),
        ({"Arn": "a"}, 2048, 16),
        ({"Arn": "a"}, 8192, 64),
        ({"Arn": "a", "ExecutionEnvironmentMemoryGiBPerVCpu": 4}, 8192, 32),
        ({"Arn": "a", "PerExecutionEnvironmentMaxConcurrency": "7"}, 8192, 7),
        ({"Arn": "a", "PerExecutionEnvironmentMaxConcurrency": 1600}, 8192, 1600),
        (
            {
                "LambdaManagedInstancesCapacityProviderConfig": {
                    "CapacityProviderArn": "a",
                    "PerExecutionEnvironmentMaxConcurrency": 3,
                }
            },
            128,
            3,
        ),
    ],
)
def test_how_many_an_environment_takes(config: Any, memory: int, expected: int | None) -> None:
    assert max_concurrency("F", config, memory) == expected


@pytest.mark.parametrize("value", [-1, 1601, "many", {"Ref": "Unknown"}])
def test_what_is_no_number_of_invocations(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="of F must"):
        max_concurrency("F", {"PerExecutionEnvironmentMaxConcurrency": value}, 128)
