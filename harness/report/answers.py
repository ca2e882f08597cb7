"""Changed answers side by side: what broke first, then what was mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.report.figures import figure
from harness.report.model import AnswerCounts, Change, ChangedAnswer, Side
from harness.report.text import plain, quoted

_STYLES: Mapping[Change, str] = {"newly wrong": "bold red", "newly right": "bold green", "changed": "bold yellow"}


def changed(counts: Sequence[AnswerCounts], answers: Sequence[ChangedAnswer], most: int) -> RenderableType:
    """How many answers changed in each suite, then at most `most` of them."""
    shown = chosen(answers, most)
    parts: list[RenderableType] = [_count_line(count) for count in counts]
    for answer in shown:
        parts += [Text(), *_side_by_side(answer)]
    if len(shown) < len(answers):
        parts += [Text(), Text(f"{len(shown)} of {len(answers):,} changed answers shown", style="dim")]
    return Group(*parts)


def chosen(answers: Sequence[ChangedAnswer], most: int) -> list[ChangedAnswer]:
    """Newly wrong, then newly right, then changed ones; a third of the places is kept for what is not newly wrong."""
    ordered = sorted(answers, key=lambda answer: list(_STYLES).index(answer.change))
    wrong = [answer for answer in ordered if answer.change == "newly wrong"]
    others = ordered[len(wrong) :]
    kept = wrong[: most - min(len(others), most // 3)]
    return [*kept, *others[: most - len(kept)]]


def _count_line(count: AnswerCounts) -> Text:
    parts = [
        Text(f"{count.newly_wrong:,} newly wrong", style=_STYLES["newly wrong"] if count.newly_wrong else ""),
        Text(f"{count.newly_right:,} newly right", style=_STYLES["newly right"] if count.newly_right else ""),
        Text(f"{count.changed:,} otherwise changed"),
    ]
    said = Text(" · ").join(parts[:3] if count.changed else parts[:2])
    return Text.assemble(plain(f"{count.suite}: "), said, plain(f" of {count.n:,} by {count.metric}", "dim"))


def _side_by_side(answer: ChangedAnswer) -> Iterator[RenderableType]:
    where = plain(f"  {answer.suite} · {answer.case}", "dim")
    yield Text.assemble((answer.change, _STYLES[answer.change]), where)
    asked = Table.grid(padding=(0, 2))
    asked.add_column(style="dim", no_wrap=True)
    asked.add_column(overflow="fold")
    asked.add_row("question", plain(quoted(answer.question)))
    if answer.reference is not None:
        asked.add_row("reference", plain(quoted(answer.reference)))
    yield asked
    table = Table(box=box.SQUARE, expand=True, show_edge=False, pad_edge=False, header_style="", show_lines=False)
    for side in ("baseline", "candidate"):
        table.add_column(_heading(answer, side), ratio=1, overflow="fold")
    table.add_row(plain(quoted(answer.baseline_reply)), plain(quoted(answer.candidate_reply)))
    yield table


def _heading(answer: ChangedAnswer, side: Side) -> Text:
    right = answer.baseline_right if side == "baseline" else answer.candidate_right
    score = answer.baseline_score if side == "baseline" else answer.candidate_score
    if right is not None:
        return Text.assemble((side, "bold"), "  ", ("right", "green") if right else ("wrong", "red"))
    if score is not None:
        return Text.assemble((side, "bold"), plain(f"  {answer.metric} {figure(score)}", "dim"))
    return Text(side, style="bold")
