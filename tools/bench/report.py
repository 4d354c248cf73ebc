"""From the values of every round to a table, to ratios against the targets, and to JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tools.bench.peers import RELEASED
from tools.bench.targets import COLUMNS, METRICS, TARGETS, Target

# metric → peer → one value a round
Samples = Mapping[str, Mapping[str, list[float]]]


@dataclass(frozen=True)
class Outcome:
    """A target and what was measured: the median, least and greatest of the rounds' ratios.

    `best` is the ratio of both sides' best rounds, the second opinion where others use the machine as well.
    """

    target: Target
    value: float
    least: float
    most: float
    best: float

    @property
    def met(self) -> bool:
        """Whether the median reaches the target."""
        return self.target.met(self.value)


def outcomes(samples: Samples) -> list[Outcome]:
    """Each target for which both sides were measured; a ratio pairs the values of one round."""
    found = []
    for target in TARGETS:
        values = samples.get(target.metric, {}).get(target.peer, [])
        bases = [1.0] * len(values)
        if target.base:
            bases = samples.get(target.base_metric or target.metric, {}).get(target.base, [])
        ratios = [value / base for value, base in zip(values, bases, strict=False) if base]
        if ratios:
            choose = max if target.least else min
            best = choose(values) / choose(bases)
            found.append(Outcome(target, median(ratios), min(ratios), max(ratios), best))
    return found


def table(samples: Samples) -> str:
    """Medians: a row for each metric, a column for each peer that was measured."""
    columns = [peer for peer in COLUMNS if any(peer in row for row in samples.values())]
    rows = [["", "unit", *columns]]
    for metric in METRICS:
        values = samples.get(metric.key)
        if values:
            cells = [
                f"{median(values[peer]):,.{metric.digits}f}" if values.get(peer) else "" for peer in columns
            ]
            rows.append([metric.title, metric.unit, *cells])
    return align(rows)


def verdicts(samples: Samples) -> str:
    """Targets: the ratio, its range over the rounds, the limit, and whether it is met."""
    titles = {metric.key: metric for metric in METRICS}
    rows = [["", "ratio to", "median", "(min-max)", "best", "target", ""]]
    for outcome in outcomes(samples):
        target, metric = outcome.target, titles[outcome.target.metric]
        base = target.base if target.base != target.peer else f"own {titles[target.base_metric].title}"
        if target.base_metric and target.base != target.peer:
            base = f"{target.base}, {titles[target.base_metric].title.partition(', ')[0]}"
        rows.append(
            [
                metric.title + (", as released" if target.peer == RELEASED else ""),
                base or f"({metric.unit})",
                _short(outcome.value),
                f"({_short(outcome.least)}-{_short(outcome.most)})",
                _short(outcome.best),
                f"{'>=' if target.least else '<='} {target.limit:g}",
                "pass" if outcome.met else "MISSED",
            ]
        )
    return align(rows)


def document(samples: Samples, about: Mapping[str, Any], skipped: Mapping[str, str]) -> dict[str, Any]:
    """All of it for a file."""
    return {
        "about": dict(about),
        "skipped": dict(skipped),
        "medians": {
            key: {peer: median(values) for peer, values in row.items()} for key, row in samples.items()
        },
        "targets": [
            asdict(outcome.target)
            | {"value": outcome.value, "min": outcome.least, "max": outcome.most}
            | {"best": outcome.best, "met": outcome.met}
            for outcome in outcomes(samples)
        ],
        "samples": {key: dict(row) for key, row in samples.items()},
    }


def _short(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 0.01 else f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def align(rows: list[list[str]]) -> str:
    """Columns as wide as their widest cell, all but the first to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
