"""`./scripts/bench runtime`: our runtime beside its peers; `plot` draws that; `local`: the local Lambda."""

import argparse
import json
import sys
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path

from tools.bench import deployed, install, local, machine, many, plot, report, scenarios
from tools.bench.peers import ASGI, AWSLAMBDARIC, MANGUM, NODE, OURS, SHARED, UVICORN, peers
from tools.bench.prepare import Options, prepare
from tools.bench.rounds import checked, run
from tools.bench.scenarios import FULL, QUICK
from tools.bench.server import PeerError
from tools.bench.targets import COLUMNS
from tools.bench.wire import WireError

SCENARIOS = (*scenarios.SCENARIOS, *deployed.SCENARIOS, *many.SCENARIOS)
_RESULTS = Path(__file__).parent / "results"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./scripts/bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runtime = commands.add_parser(
        "runtime",
        help="measure runtimes: cold start, latency, throughput, memory (about a quarter of an hour)",
        epilog=f"Scenarios: {', '.join(each.name for each in SCENARIOS)}. Peers: {', '.join(COLUMNS)}.",
    )
    runtime.add_argument("--quick", action="store_true", help="fewer and shorter rounds, a few minutes")
    runtime.add_argument("--rounds", type=int, help="how many rounds (11; with --quick 3)")
    runtime.add_argument("--only", metavar="NAME,…", help="only these scenarios (* allowed)")
    runtime.add_argument("--peers", metavar="NAME,…", help="only these peers (* allowed)")
    runtime.add_argument("--python", help="the interpreter of every Python peer (python3.13 if it is there)")
    runtime.add_argument("--layer", help="the layer's folder (as it ships: layers/opt/python)")
    runtime.add_argument("--json", metavar="FILE", help="where the result goes (tools/bench/results/…)")
    here = commands.add_parser("local", help="measure the local Lambda beside uvicorn and Starlette")
    here.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    here.add_argument(
        "--streams", type=int, default=0, metavar="N", help="also N counters at once (200, say)"
    )
    here.add_argument(
        "--at-once",
        type=int,
        default=0,
        metavar="N",
        help="also N counters at once through one environment, beside a proxy that copies bytes (1000, say)",
    )
    here.add_argument(
        "--json", metavar="FILE", help="where the result goes (tools/bench/results/local-<time>.json)"
    )
    drawing = commands.add_parser("plot", help="draw a result as SVG")
    drawing.add_argument("result", type=Path, help="the JSON of a run")
    drawing.add_argument("svg", type=Path, help="the file to write")
    return parser.parse_args()


def _chosen(name: str, wanted: str | None) -> bool:
    return wanted is None or any(fnmatch(name, pattern.strip()) for pattern in wanted.split(","))


def _runtime(arguments: argparse.Namespace) -> int:
    skipped: dict[str, str] = {}

    def skip(name: str, reason: str) -> None:
        skipped[name] = reason
        print(f"without {name}: {reason}", file=sys.stderr)

    chosen = [each for each in SCENARIOS if _chosen(each.name, arguments.only)]
    wanted = {name for each in chosen for name in each.who if _chosen(name, arguments.peers)}
    if not wanted:
        raise install.Unavailable("no scenario or no peer of that name")
    options = Options(
        python=arguments.python,
        layer=arguments.layer,
        with_node=NODE in wanted,
        with_python_peers=bool(wanted & {AWSLAMBDARIC, MANGUM, ASGI, SHARED, UVICORN}),
        with_web_apps=any(each in (*deployed.SCENARIOS, *many.SCENARIOS) for each in chosen),
    )
    rounds = arguments.rounds or (3 if arguments.quick else 11)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        places = prepare(Path(folder), options, skip)
        good = checked([peer for peer in peers(places) if peer.name in wanted], places, skip)
        share = machine.Share()
        samples = run(chosen, good, places, rounds, QUICK if arguments.quick else FULL)
        about = {
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "rounds": rounds,
            "python": install.python_version(places.python),
            "node": places.node and install.node_version(places.node),
            **machine.describe(),
            "others_percent": share.percent(),
        }
    busy = f"other processes took {about['others_percent']} % of the CPUs"
    print(f"\nMedians of {rounds} rounds; {busy}.\n\n{report.table(samples)}\n\n{report.verdicts(samples)}")
    file = Path(arguments.json) if arguments.json else _RESULTS / f"{about['when']}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report.document(samples, about, skipped), indent=1) + "\n")
    return 1 if OURS in wanted & skipped.keys() else 0


def main() -> int:
    """Run a command; a missed target is not a failure, a wrong byte is."""
    arguments = _arguments()
    try:
        if arguments.command == "runtime":
            return _runtime(arguments)
        if arguments.command == "local":
            local.run(
                quick=arguments.quick,
                streams=arguments.streams,
                many=arguments.at_once,
                file=arguments.json,
            )
            return 0
        arguments.svg.write_text(plot.svg(json.loads(arguments.result.read_text())))
    except (PeerError, WireError, install.Unavailable) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
