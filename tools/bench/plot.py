"""Draws a result as SVG, a panel for each metric, for a light page and for a dark one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from tools.bench.peers import AWSLAMBDARIC, NODE, OURS, RAW

PEERS = (OURS, NODE, AWSLAMBDARIC, RAW)


@dataclass(frozen=True)
class Panel:
    """A metric, and how it is shown."""

    key: str
    title: str
    unit: str
    digits: int = 0
    more_is_better: bool = False


PANELS = (
    Panel("cold.first", "Cold start to the first byte", "ms", 1),
    Panel("memory.200 MB", "Peak memory for 200 MB", "MiB"),
    Panel("warm-1cpu.cycle", "Warm invocation of 1 KB, one CPU", "µs"),
    Panel("warm.cpu", "CPU time of an invocation", "µs"),
    Panel("64k-20mb.first", "First byte of a 20 MB body", "µs"),
    Panel("ticker.median", "A line's way from write to arrival", "µs"),
    Panel("64k-200mb.rate", "200 MB in 64 KB writes", "MB/s", more_is_better=True),
    Panel("flood.rate", "100-byte writes", "thousand/s", more_is_better=True),
)

_WIDTH, _COLUMNS, _MARGIN = 860, 2, 20
_LABEL, _VALUE, _BAR, _STEP, _TITLE = 116, 90, 14, 20, 30
_PANEL = _WIDTH / _COLUMNS
_ROOM = _PANEL - 2 * _MARGIN - _LABEL - _VALUE
_CLIP = 5  # a bar of more than so many times the others' median is cut and says so

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 13px } .note { fill: #57606a }
.bar { fill: #8c959f } .ours { fill: #cf5b00 } .limit { fill: none; stroke: #8c959f }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .note { fill: #9198a1 }
.bar { fill: #6e7681 } .ours { fill: #f0883e } .limit { stroke: #6e7681 }
}
"""


def svg(document: Mapping[str, Any]) -> str:
    """The drawing of a result as `report.document` made it; metrics and peers that it lacks are left out."""
    medians: Mapping[str, Mapping[str, float]] = document["medians"]
    names = [peer for peer in PEERS if any(peer in row for row in medians.values())]
    shown = [panel for panel in PANELS if panel.key in medians]
    height = _TITLE + len(names) * _STEP + _MARGIN
    rows = -(-len(shown) // _COLUMNS)
    total = rows * height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{total}"'
        f' viewBox="0 0 {_WIDTH} {total}" role="img" aria-label="Lambda runtimes compared">',
        f"<style>{_STYLE}</style>",
    ]
    for number, panel in enumerate(shown):
        x, y = _PANEL * (number % _COLUMNS) + _MARGIN, height * (number // _COLUMNS) + _MARGIN
        parts.append(f'<g transform="translate({x:g} {y:g})">{_panel(panel, medians[panel.key], names)}</g>')
    parts.append(_text(_MARGIN, total - 8, _caption(document["about"]), "note"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: Panel, values: Mapping[str, float], names: list[str]) -> str:
    note = "more is better" if panel.more_is_better else "less is better"
    parts = [f'<text y="12"><tspan class="title">{escape(panel.title)}</tspan>']
    parts.append(f'<tspan class="note" dx="6">{panel.unit}, {note}</tspan></text>')
    present = sorted(values[name] for name in names if name in values)
    longest = min(present[-1], _CLIP * present[(len(present) - 1) // 2])
    for number, name in enumerate(names):
        top = _TITLE - 6 + number * _STEP
        parts.append(_text(0, top + 11, name))
        if name not in values:
            continue
        value = values[name]
        parts.append(_bar(name, top, max(1.0, _ROOM * min(value, longest) / longest), cut=value > longest))
        parts.append(_text(_LABEL + _ROOM + 8, top + 11, f"{value:,.{panel.digits}f}"))
    return "".join(parts)


def _bar(name: str, top: float, length: float, *, cut: bool) -> str:
    kind = "ours" if name == OURS else "limit" if name == RAW else "bar"
    pieces = [(0.0, length)]
    if cut:  # two gaps: the bar goes on beyond the panel
        pieces = [(0.0, length - 16), (length - 12, length - 6), (length - 2, length)]
    size = f'y="{top:g}" height="{_BAR}"'
    return "".join(
        f'<rect class="{kind}" x="{_LABEL + start:.1f}" width="{end - start:.1f}" {size}/>'
        for start, end in pieces
    )


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    attribute = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{attribute}>{escape(text)}</text>'


def _caption(about: Mapping[str, Any]) -> str:
    node = f", Node {about['node']}" if about.get("node") else ""
    return (
        f"Medians of {about['rounds']} rounds on one machine, loopback, {about['when'][:10]}. "
        f"Python {about['python']}{node}. Cut bars go on."
    )
