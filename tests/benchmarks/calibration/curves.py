"""Four small charts of what the gates do, as one SVG that loads nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from calibration.gates import RIVALS
from calibration.rates import Rate, Result
from calibration.situations import Situation

Curve: TypeAlias = Sequence[tuple[float, Rate]]
"""Places on the horizontal axis with a rate each."""

_WIDTH, _HEIGHT, _GAP = 430, 260, 56
_LEFT, _TOP, _BELOW = 56, 92, 32
_STYLES: Mapping[str, tuple[str, str]] = {
    "harness": ("#0b62c4", ""),
    "any drop": ("#b3261e", "2 3"),
    "more than 5 points": ("#a65a00", "7 3"),
    "unpaired z": ("#6a3fb5", "4 2 1 2"),
    "regressgate": ("#2c7a3f", "10 4"),
}
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1a1c1e } .title { font-size: 14px; font-weight: 600 }
.page { fill: #ffffff } .axis { stroke: #74777a; fill: none } .grid { stroke: #d8dadd } .claim { stroke: #1a1c1e }
@media (prefers-color-scheme: dark) {
  text { fill: #e3e4e6 } .page { fill: #16181a } .grid { stroke: #3a3d40 } .claim { stroke: #e3e4e6 }
  .curve { filter: brightness(1.5) }
}"""


def svg(results: Sequence[Result]) -> str:
    """False alarms on equal models, and power at a loss of 5 points: by cases, and by metrics of one family."""
    panels = (
        ("False alarms, equal models (ψ .1)", "cases", _by_cases(results, 0.0), 0.05),
        ("Power at −5 points (ψ .1)", "cases", _by_cases(results, 0.05), None),
        ("False alarms of a family, 500 cases", "independent metrics", _by_metrics(results, 0.0), 0.05),
        ("Power of a family, one metric at −5, 500 cases", "independent metrics", _by_metrics(results, 0.05), None),
    )
    width, height = 2 * (_LEFT + _WIDTH) + _GAP, 2 * (_TOP + _HEIGHT) + _BELOW
    drawn = [
        _panel(*panel, x=_LEFT + (i % 2) * (_WIDTH + _LEFT + 20), y=_TOP + (i // 2) * (_HEIGHT + _TOP - 10))
        for i, panel in enumerate(panels)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="False alarms and power of five gates, by number of cases and of metrics">'
        f'<style>{_STYLE}</style><rect class="page" width="{width}" height="{height}"/>'
        f"{_legend()}{''.join(drawn)}</svg>\n"
    )


def _by_cases(results: Sequence[Result], loss: float) -> dict[str, Curve]:
    alone = [one for one in results if one.situation == Situation(one.situation.n, loss, share=one.situation.share)]
    return _curves(alone, [one.situation.n for one in alone])


def _by_metrics(results: Sequence[Result], loss: float) -> dict[str, Curve]:
    families = [
        one
        for one in results
        if one.situation == Situation(500, loss, metrics=one.situation.metrics, share=one.situation.share)
    ]
    return _curves(families, [one.situation.metrics for one in families])


def _curves(results: Sequence[Result], places: Sequence[float]) -> dict[str, Curve]:
    """By gate; a place that was simulated twice is shown once."""
    at = dict(sorted(zip(places, results, strict=True), key=lambda pair: pair[0]))
    curves: dict[str, Curve] = {"harness": [(place, one.exit(1)) for place, one in at.items()]}
    for name in RIVALS:
        rates = [(place, one.rival(name)) for place, one in at.items()]
        curves[name] = [(place, rate) for place, rate in rates if rate is not None]
    return curves


def _panel(title: str, below: str, curves: Mapping[str, Curve], claim: float | None, x: float, y: float) -> str:
    places = sorted({place for curve in curves.values() for place, _ in curve})
    if not places:
        return ""
    first, last = math.log(places[0]), math.log(places[-1])

    def right(place: float) -> float:
        return _WIDTH * (math.log(place) - first) / ((last - first) or 1.0)

    def up(share: float) -> float:
        return _HEIGHT * (1 - share)

    parts = [f'<text class="title" x="0" y="-12">{title}</text>']
    for percent in range(0, 101, 20):
        parts.append(
            f'<line class="grid" x1="0" x2="{_WIDTH}" y1="{up(percent / 100):.1f}" y2="{up(percent / 100):.1f}"/>'
        )
        parts.append(f'<text x="-8" y="{up(percent / 100) + 4:.1f}" text-anchor="end">{percent} %</text>')
    parts += [f'<text x="{right(p):.1f}" y="{_HEIGHT + 18}" text-anchor="middle">{p:,}</text>' for p in places]
    parts.append(f'<text x="{_WIDTH}" y="{_HEIGHT + 34}" text-anchor="end">{below}</text>')
    parts.append(f'<path class="axis" d="M0 0V{_HEIGHT}H{_WIDTH}"/>')
    if claim is not None:
        parts.append(f'<line class="claim" x1="0" x2="{_WIDTH}" y1="{up(claim):.1f}" y2="{up(claim):.1f}"/>')
    parts += [_line(name, [(right(place), rate) for place, rate in curve]) for name, curve in curves.items() if curve]
    return f'<g transform="translate({x} {y})">{"".join(parts)}</g>'


def _line(name: str, curve: Curve) -> str:
    """With two standard errors up and down at each place."""
    colour, dashes = _STYLES[name]
    stroke = f'class="curve" stroke="{colour}" fill="none"'
    points = " ".join(f"{x:.1f},{_HEIGHT * (1 - rate.share):.1f}" for x, rate in curve)
    bars = "".join(
        f"M{x:.1f} {_HEIGHT * (1 - max(rate.share - 2 * rate.error, 0)):.1f}"
        f"V{_HEIGHT * (1 - min(rate.share + 2 * rate.error, 1)):.1f}"
        for x, rate in curve
    )
    line = f'<polyline {stroke} stroke-width="2" stroke-dasharray="{dashes}" points="{points}"/>'
    return f'{line}<path {stroke} d="{bars}"/>'


def _legend() -> str:
    parts = []
    for i, (name, (colour, dashes)) in enumerate(_STYLES.items()):
        x = _LEFT + 180 * i
        line = f'<line class="curve" x1="{x}" x2="{x + 32}" y1="28" y2="28" stroke="{colour}" stroke-width="2"'
        parts.append(f'{line} stroke-dasharray="{dashes}"/><text x="{x + 40}" y="32">{name}</text>')
    parts.append(f'<text x="{_LEFT}" y="54">bars: two standard errors; black line: the 5 % that are claimed</text>')
    return "".join(parts)
