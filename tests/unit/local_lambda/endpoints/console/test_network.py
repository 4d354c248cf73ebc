"""How long bytes are on their way."""

from __future__ import annotations

import pytest

from local_lambda.endpoints.console.network import NETWORKS, Network, Pace


def test_bytes_follow_one_another_and_time_that_passed_is_not_made_up_for() -> None:
    pace = Pace(Network(rate=1000, latency=0.0), 10.0)
    assert pace.take(500, 10.0) == pytest.approx(0.5)
    assert pace.take(500, 10.0) == pytest.approx(1.0)
    assert pace.take(500, 10.9) == pytest.approx(0.6)
    assert pace.take(500, 20.0) == pytest.approx(0.5)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_a_piece_is_a_moment(network: Network) -> None:
    assert network.piece / network.rate == pytest.approx(0.05, rel=0.01)
