"""Idle environments are ended: those of a burst soon, the one used last later."""

from __future__ import annotations

import asyncio
from pathlib import Path

from local_lambda.platform.function import Function
from local_lambda.platform.idle import Patience
from tests.integration.local_lambda.platform.raw_function import Collector, invocation, with_function
from tests.integration.local_lambda.platform.test_environments import alive


async def burst(function: Function, size: int) -> set[int]:
    """Invoke so often at once; return the ids of the processes."""
    collectors = [Collector() for _ in range(size)]
    for number, collector in enumerate(collectors):
        function.invoke(invocation(f"id-{number}", "/process", wait="0.3"), collector)
    async with asyncio.timeout(60):
        while not all(collector.ends for collector in collectors):
            await asyncio.sleep(0.02)
    return {collector.json["pid"] for collector in collectors}


async def left(pids: set[int], count: int) -> set[int]:
    """Wait until no more than so many are alive; return them."""
    async with asyncio.timeout(30):
        while len(living := {pid for pid in pids if alive(pid)}) > count:
            await asyncio.sleep(0.02)
    return living


def test_a_burst_leaves_one_environment(tmp_path: Path) -> None:
    async def use(function: Function) -> None:
        pids = await burst(function, 5)
        assert len(pids) == 5
        (last,) = await left(pids, 1)
        assert await burst(function, 1) == {last}

    with_function(tmp_path, use, Patience(spare=0.3, last=3600))


def test_the_last_one_is_ended_later_and_replaced(tmp_path: Path) -> None:
    async def use(function: Function) -> None:
        pids = await burst(function, 2)
        assert await left(pids, 0) == set()
        assert not await burst(function, 1) & pids

    log = with_function(tmp_path, use, Patience(spare=0.1, last=0.3))
    assert "had exited" not in log


def test_an_environment_at_work_is_not_ended(tmp_path: Path) -> None:
    async def use(function: Function) -> None:
        pids = await burst(function, 1)
        collector = Collector()
        running = function.invoke(invocation("long", "/process", wait="1"), collector)
        await running.reported
        assert collector.json["pid"] in pids

    with_function(tmp_path, use, Patience(spare=0.2, last=0.5))
