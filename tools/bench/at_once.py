"""`./scripts/bench local --at-once N`: N counters at once through one function that shares its event loop.

As on Lambda Managed Instances: one execution environment takes them all. Beside it, in the same rounds, the
same lines from one event loop through a proxy that does no more than copy bytes.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tools import ROOT
from tools.bench.counter_streams import Values, counter_streams
from tools.bench.local_server import LocalServer, listening, local_lambda
from tools.bench.report import align

OURS, PROXY = "local lambda", "proxy"
_PROGRAMS = Path(__file__).parent / "programs"
_TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Streaming:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: {layer}
  CounterFunction:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: {code}
      Timeout: 120
      Layers: [!Ref Streaming]
      CapacityProviderConfig:
        Arn: none
        PerExecutionEnvironmentMaxConcurrency: {count}
      Environment:
        Variables:
          AWS_LAMBDA_EXEC_WRAPPER: /opt/python/streaming-bootstrap
          LAMBDA_STREAMING_SHARED: "1"
      FunctionUrlConfig:
        AuthType: NONE
        InvokeMode: RESPONSE_STREAM
"""


def at_once(count: int, rounds: int) -> dict[str, list[Values]]:
    """Return the values of each round, ours and the proxy's. Raises WireError for a wrong byte."""
    values: dict[str, list[Values]] = {OURS: [], PROXY: []}
    with _shared_counter(count) as ours, _copying_proxy() as proxy:
        servers = {OURS: ours, PROXY: proxy}
        for number in range(rounds):
            print(f"{count} at once, round {number + 1}/{rounds}", file=sys.stderr)
            for name in random.Random(number).sample(sorted(servers), len(servers)):
                values[name] += counter_streams(servers[name], count, 1)
    return values


def table(values: dict[str, list[Values]]) -> str:
    """Return the medians, and those of each round's ratio."""
    rows = [["", OURS, PROXY, "ratio", "(min-max)"]]
    units = {"gap": "ms", "gap p90": "ms", "gap p99": "ms", "server cpu": "s", "server memory": "MiB"}
    for metric, unit in units.items():
        ours, proxy = ([each[metric] for each in values[name]] for name in (OURS, PROXY))
        ratios = [one / other for one, other in zip(ours, proxy, strict=True)]
        medians = [f"{median(ours):,.1f}", f"{median(proxy):,.1f}"]
        rows.append(
            [
                f"{metric} ({unit})",
                *medians,
                f"{median(ratios):.2f}",
                f"({min(ratios):.2f}-{max(ratios):.2f})",
            ]
        )
    return align(rows)


@contextmanager
def _shared_counter(count: int) -> Iterator[LocalServer]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        template = Path(folder) / "template.yaml"
        places = {"layer": ROOT / "layers" / "opt", "code": ROOT / "functions" / "counter"}
        template.write_text(_TEMPLATE.format(count=count, **places))
        with local_lambda(template, "CounterFunction") as server:
            yield server


@contextmanager
def _copying_proxy() -> Iterator[LocalServer]:
    with listening([sys.executable, str(_PROGRAMS / "counter_origin.py")]) as origin:
        command = [sys.executable, str(_PROGRAMS / "copying_proxy.py"), str(origin.address[1])]
        with listening(command) as proxy:
            yield proxy
