"""A metric over all evaluations, those on comparable cases together, and where its level changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from statistics import fmean

from rich.console import Group, RenderableType

from harness.comparison.records import LEVEL
from harness.errors import UsageError, did_you_mean
from harness.evaluation.records import Evaluation
from harness.report.model import TrendPoint
from harness.report.numbers import decimals_between, figure, spread
from harness.report.query.changepoints import FEWEST, METHOD, MISSING, available, change_points
from harness.report.sentences.lines import INTERVALS
from harness.report.terminal.bars import ESTIMATE, LINE
from harness.report.terminal.text import Encodable, plain, ruled_table
from harness.store.reader import Reader
from harness.store.rows.figure_rows import FigureRow

_TIME, _NAME, _BETWEEN = 16, 24, 10  # columns: a time to the minute, a model's name, between columns
_NARROW, _WIDE = 18, 60


@dataclass(frozen=True, slots=True)
class Change:
    """The evaluation with which a new level begins, and the mean value of the levels before and after."""

    evaluation: str
    at: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class History:
    """A metric over the evaluations, oldest first, that measured the same cases of a suite with the same code."""

    suite: str
    metric: str
    suite_version: str
    selection: str
    cases: int
    higher_is_better: bool
    points: tuple[TrendPoint, ...]
    changes: tuple[Change, ...] = ()


def histories(reader: Reader, metric: str, suite: str | None = None, limit: int = 50) -> list[History]:
    """The metric's histories, that of the latest evaluation last; UsageError where it was never measured."""
    rows = reader.figures(metric, suite, limit=limit)
    if not rows:
        known = [name for of, name in reader.figure_names() if suite in (None, of)]
        listed = ", ".join(dict.fromkeys(known)) or "none yet; see `harness evaluate`"
        where = f" on suite {suite!r}" if suite else ""
        raise UsageError(f"metric {metric!r}: no value is stored{where}{did_you_mean(metric, known)}; known: {listed}")
    groups: list[list[FigureRow]] = []
    for row in rows:
        group = next((one for one in groups if _comparable(one[-1], row)), None)
        if group is None:
            groups.append([row])
        else:
            group.append(row)
    return [_history(reader, group) for group in sorted(groups, key=lambda group: rows.index(group[-1]))]


def render(found: Sequence[History], width: int) -> RenderableType:
    """A plot a history, time running down: value, interval, model, and a line where a new level begins."""
    parts: list[RenderableType] = []
    for one in found:
        parts += [_head(one), "", _plot(one, width), ""]
    enough = any(len(one.points) >= FEWEST for one in found)
    words = METHOD if available() else MISSING
    if enough:
        parts.append(plain(f"levels: {words}" if available() else words, "dim"))
    else:
        parts.append(plain(f"changes of level are looked for from {FEWEST} evaluations on", "dim"))
    if any(point.level == LEVEL for one in found for point in one.points):
        parts.append(plain(INTERVALS, "dim"))
    return Encodable(Group(*parts))


def _comparable(one: FigureRow, other: FigureRow) -> bool:
    return (
        one.evaluation.suite == other.evaluation.suite
        and one.figure.key == other.figure.key
        and _alike(one.evaluation, other.evaluation)
    )


def _history(reader: Reader, rows: Sequence[FigureRow]) -> History:
    last, points = rows[-1], _points(rows)
    record = reader.metric(last.figure.key)
    return History(
        suite=last.evaluation.suite,
        metric=last.figure.metric,
        suite_version=last.evaluation.suite_version,
        selection=last.evaluation.selection,
        cases=last.evaluation.cases,
        higher_is_better=record is None or record.higher_is_better,
        points=points,
        changes=_changes(points),
    )


def _changes(points: Sequence[TrendPoint]) -> tuple[Change, ...]:
    values = [point.value for point in points]
    found = change_points(values)
    starts, ends = (0, *found), (*found, len(values))
    levels = [fmean(values[start:end]) for start, end in zip(starts, ends, strict=True)]
    return tuple(
        Change(points[index].evaluation, points[index].at, levels[number], levels[number + 1])
        for number, index in enumerate(found)
    )


def _points(rows: Iterable[FigureRow]) -> tuple[TrendPoint, ...]:
    """One point an evaluation, in the order given."""
    return tuple(
        TrendPoint(
            at=row.evaluation.created_at[:19],
            evaluation=row.evaluation.id,
            model=_known_as(row.evaluation),
            value=row.figure.value,
            low=row.figure.low,
            high=row.figure.high,
            level=row.figure.level,
        )
        for row in rows
    )


def _alike(one: Evaluation, other: Evaluation) -> bool:
    """Whether both measured the same cases of the same suite, replies drawn in the same way."""
    return (one.suite_version, one.selection, dict(one.settings)) == (
        other.suite_version,
        other.selection,
        dict(other.settings),
    )


def _known_as(evaluation: Evaluation) -> str:
    """The evaluation's name, else the last parts of its model's reference and adapter."""
    if evaluation.name:
        return evaluation.name
    model = evaluation.model
    short = replace(model, reference=PurePath(model.reference).name, adapter=None)
    return f"{short} + {_last_parts(model.adapter)}" if model.adapter else str(short)


def _last_parts(path: str) -> str:
    """Adapters are often all called alike: the folder around it tells them apart."""
    return "/".join(PurePath(path).parts[-2:])


# --- the plot ----------------------------------------------------------------------------------------


def _head(one: History) -> RenderableType:
    better = "" if one.higher_is_better else ", lower is better"
    where = f"{one.cases:,} cases ({one.selection}), suite version {one.suite_version[:12]}"
    return plain(f"{one.suite} {one.metric}", "bold").append(f"  {where}{better}", "dim")


def _plot(one: History, width: int) -> RenderableType:
    low, high = min(point.low for point in one.points), max(point.high for point in one.points)
    decimals = _decimals(one.points)
    values = [f"{figure(p.value, decimals)} {spread(p.low, p.high, decimals, p.level)}" for p in one.points]
    names = min(max(len("model"), *(len(point.model) for point in one.points)), _NAME)
    bar = min(max(width - _TIME - max(map(len, values)) - names - _BETWEEN, _NARROW), _WIDE)
    changes = {change.evaluation: change for change in one.changes}
    table = ruled_table()
    table.add_column("measured", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column(_scale(low, high, bar, decimals), no_wrap=True, width=bar, style="cyan")
    table.add_column("model", overflow="ellipsis", no_wrap=True)
    for point, value in zip(one.points, values, strict=True):
        if point.evaluation in changes:
            change = changes[point.evaluation]
            said = f"level {figure(change.before, decimals)} → {figure(change.after, decimals)}"
            table.add_row("", "", plain(said, "bold yellow"), "")
        table.add_row(point.at[:_TIME].replace("T", " "), value, _bar(point, low, high, bar), plain(point.model))
    return table


def _bar(point: TrendPoint, low: float, high: float, width: int) -> str:
    def column(value: float) -> int:
        return round((value - low) / (high - low) * (width - 1)) if high > low else width // 2

    first, last = column(point.low), column(point.high)
    bar = [" "] * first + [LINE] * (last + 1 - first) + [" "] * (width - last - 1)
    bar[column(point.value)] = ESTIMATE
    return "".join(bar)


def _scale(low: float, high: float, width: int, decimals: int | None) -> str:
    """The ends of the plot's scale, above them."""
    left, right = figure(low, decimals), figure(high, decimals)
    return f"{left}{right:>{width - len(left)}}"


def _decimals(points: Sequence[TrendPoint]) -> int | None:
    widest = max(points, key=lambda point: point.high - point.low)
    return decimals_between(widest.low, widest.high)
