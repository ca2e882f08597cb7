"""Questions about what candidates are compared with: baselines and anchors."""

from __future__ import annotations

from harness.evaluation.records import Anchor, Baseline
from harness.store.queries.asking import Asks, fetch


class BaselineQuestions(Asks):
    """What the names of baselines point at, now and before."""

    def baselines(self) -> list[Baseline]:
        """What each baseline name points at in each suite, by name."""
        newest: dict[tuple[str, str], Baseline] = {}
        for one in self.baseline_moves():
            newest.setdefault((one.name, one.suite), one)
        return [newest[key] for key in sorted(newest)]

    def baseline(self, name: str, suite: str) -> Baseline | None:
        """What the name points at in that suite."""
        return next(iter(self.baseline_moves(name, suite)), None)

    def baseline_moves(self, name: str | None = None, suite: str | None = None) -> list[Baseline]:
        """Every time a baseline was set or promoted, newest first."""
        sql = """
            SELECT name, suite, evaluation, "at", coalesce(note, '') AS note, coalesce(who, '') AS who, comparison,
                coalesce(selected_from, 0) AS selected_from, decision
            FROM baselines WHERE name = coalesce(?, name) AND suite = coalesce(?, suite)
            ORDER BY "at" DESC, evaluation"""
        with self._asking() as connection:
            return [Baseline(**row) for row in fetch(connection, sql, [name, suite])]

    def anchors(self) -> list[Anchor]:
        """The anchor of each suite that has one, by suite."""
        sql = """
            SELECT suite, evaluation, "at", coalesce(note, '') AS note, coalesce(who, '') AS who FROM anchors
            QUALIFY row_number() OVER (PARTITION BY suite ORDER BY "at" DESC, evaluation) = 1 ORDER BY suite"""
        with self._asking() as connection:
            return [Anchor(**row) for row in fetch(connection, sql)]

    def anchor(self, suite: str) -> Anchor | None:
        """The anchor of that suite."""
        return next((one for one in self.anchors() if one.suite == suite), None)
