"""The bench runs and writes what it promises; nothing here depends on how fast anything is."""

import json
import subprocess
from pathlib import Path

import pytest

from tools import ROOT
from tools.bench import at_once, deployed, many
from tools.bench.scenarios import SCENARIOS
from tools.bench.targets import METRICS, TARGETS

BENCH = ROOT / "scripts" / "bench"


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([BENCH, *arguments], capture_output=True, text=True, check=False, timeout=280)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bench") / "result.json"
    options = ["--quick", "--rounds", "1", "--only", "pairs", "--peers", "lambda-streaming,raw"]
    done = bench("runtime", *options, "--layer", str(ROOT / "layers" / "streaming"), "--json", str(file))
    assert done.returncode == 0, done.stderr
    assert "second of two close writes" in done.stdout
    return file


def test_one_round_gives_a_value_for_each_peer(result: Path) -> None:
    document = json.loads(result.read_text())
    assert document["skipped"] == {}
    assert document["samples"].keys() == {"pairs.second"}
    values = document["samples"]["pairs.second"]
    assert values.keys() == {"lambda-streaming", "raw"}
    assert all(len(rounds) == 1 and rounds[0] > 0 for rounds in values.values())


def test_web_applications_are_measured_as_deployed(tmp_path: Path) -> None:
    """It installs them once, from the registry."""
    file = tmp_path / "result.json"
    peers = "lambda-streaming-asgi,mangum,uvicorn"
    done = bench(
        "runtime", "--quick", "--rounds", "1", "--only", "starlette-*", "--peers", peers, "--json", str(file)
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(file.read_text())
    assert document["skipped"] == {}
    for state in ("built", "compiled"):
        first = document["samples"][f"starlette-{state}.first"]
        assert first.keys() == set(peers.split(","))
        assert all(
            values[0] > document["samples"][f"starlette-{state}.next"][name][0]
            for name, values in first.items()
        )
    # Of CPU, for others on the machine take none of that: twice as much.
    cpu = {
        state: document["samples"][f"starlette-{state}.cpu"]["uvicorn"][0] for state in ("built", "compiled")
    }
    assert cpu["built"] > cpu["compiled"]


def test_every_target_is_of_a_metric_and_every_metric_of_a_scenario() -> None:
    metrics = {metric.key for metric in METRICS}
    wanted = {name for target in TARGETS for name in (target.metric, target.base_metric) if name}
    assert wanted - metrics == set()
    scenarios = {each.name for each in (*SCENARIOS, *deployed.SCENARIOS, *many.SCENARIOS)}
    assert {key.partition(".")[0] for key in metrics} == scenarios


def test_a_result_can_be_drawn(result: Path, tmp_path: Path) -> None:
    drawing = tmp_path / "result.svg"
    assert bench("plot", str(result), str(drawing)).returncode == 0
    assert drawing.read_text().startswith("<svg")


def test_a_name_that_does_not_exist_is_refused() -> None:
    done = bench("runtime", "--only", "nothing")
    assert done.returncode == 1
    assert "no scenario or no peer of that name" in done.stderr


def test_counters_at_once_beside_a_proxy() -> None:
    values = at_once.at_once(3, 1)
    assert [len(rounds) for rounds in values.values()] == [1, 1]
    table = at_once.table(values)
    assert "gap p99 (ms)" in table
    assert "server memory (MiB)" in table
