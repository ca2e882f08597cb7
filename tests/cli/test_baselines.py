from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

GATE = ("gate", "--suite", "teams", "--baseline", "main")


@pytest.fixture(autouse=True)
def ada(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_USER", "ada")


def test_a_name_points_at_the_evaluation_it_was_given_last(measured: Project, harness: Run) -> None:
    assert harness("baselines", "list").out == "no baseline yet; `harness baselines set NAME EVALUATION`\n"
    harness("baselines", "set", "main", "base")
    assert harness("baselines", "set", "main", "good", "--note", "nine of ten").out.startswith("main on teams is now ")
    (row,) = harness("baselines", "list", "--json").json
    assert (row["baseline"], row["suite"], row["note"]) == ("main", "teams", "nine of ten")
    assert (row["who"], row["selected"]) == ("ada", 0)
    assert row["model"].endswith("good.json")


def test_one_that_may_have_been_picked_by_hand_can_be_said_to_be(measured: Project, harness: Run) -> None:
    result = harness("baselines", "set", "main", "good")
    assert "3 models were measured on these cases; if it was picked by its score on them, say --picked-from 3" in (
        result.err
    )
    assert harness("baselines", "set", "main", "good", "--picked-from", "3").err == ""
    (row,) = harness("baselines", "list", "--json").json
    assert row["selected"] == 3


def test_an_evaluation_that_is_not_there_is_named(measured: Project, harness: Run) -> None:
    result = harness("baselines", "set", "main", "goood")
    assert (result.code, "goood" in result.err, "did you mean 'good'" in result.err) == (2, True, True)


def test_a_candidate_that_passed_is_promoted_and_shown_with_what_justified_it(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "base", "--note", "where we started")
    harness(*GATE, "--candidate", "near")
    harness(*GATE, "--candidate", "good")
    result = harness("baselines", "promote", "main", "--note", "release 2")
    assert (result.code, "good.json" in result.out) == (0, True)
    assert "selected by its scores on these cases from 2 models" in result.out
    shown = harness("baselines", "show", "main").out.splitlines()
    assert shown[0].endswith("good.json")
    assert "by ada, release 2, selected by its scores on these cases from 2 models" in shown[3]
    assert shown[5].startswith("    accuracy (primary) improved: 0.50 → 0.90 (")
    assert shown[-1].endswith("by ada, where we started, set by hand")
    (record,) = harness("baselines", "show", "main", "--json").json
    assert (record["selected"], record["selected_from"], record["decision"]) == (True, 2, 0)
    assert (len(record["moves"]), record["comparison"]["metrics"][0]["verdict"]) == (2, "improved")


def test_a_candidate_that_did_not_pass_is_refused_with_the_code_of_its_gate(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "good")
    harness(*GATE, "--candidate", "base")
    refused = harness("baselines", "promote", "main", "base", "--note", "it is cheaper")
    assert (refused.code, "ended with 1, regressed: teams accuracy regressed: 0.90 → 0.50" in refused.err) == (1, True)
    assert harness("baselines", "promote", "main", "base", "--note", "it is cheaper", "--anyway").code == 0
    assert "although its gate ended with 1" in harness("baselines", "show", "main").out


def test_a_cycle_of_a_recipe_justifies_a_promotion(project: Project, harness: Run) -> None:
    harness("evaluate", "fake:base.json", "--suite", "teams", "--name", "base")
    harness("baselines", "set", "main", "base")
    assert harness("run", "recipe.yaml").code == 0
    result = harness("baselines", "promote", "main", "--note", "trained", "--run", run_of(harness))
    assert (result.code, "the only model that was tried" in result.out) == (0, True)


def run_of(harness: Run) -> str:
    return str(harness("runs", "--json").json[0]["run"])


def test_without_a_comparison_there_is_nothing_to_promote(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "good")
    result = harness("baselines", "promote", "main", "--note", "because")
    assert (result.code, "make one with `harness gate --suite teams --baseline main" in result.err) == (5, True)


def test_a_promotion_says_why(measured: Project, harness: Run) -> None:
    result = harness("baselines", "promote", "main")
    assert (result.code, "--note" in result.err) == (2, True)


def test_what_is_not_there_cannot_be_shown(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "good")
    result = harness("baselines", "show", "mian")
    assert (result.code, "'mian': there is none; known: main; make one with" in result.err) == (5, True)
    assert harness("baselines", "show", "main", "--suite", "others").code == 5


def test_an_anchor_is_set_and_listed(measured: Project, harness: Run) -> None:
    assert harness("baselines", "anchor").out == "no anchor yet; `harness baselines anchor SUITE EVALUATION`\n"
    assert harness("baselines", "anchor", "teams", "good", "--note", "release 1").code == 0
    (row,) = harness("baselines", "anchor", "--json").json
    assert (row["suite"], row["note"], row["who"]) == ("teams", "release 1", "ada")
    assert row["model"].endswith("good.json")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("teams",), 2, "EVALUATION is missing"),
        (("teams", "goood"), 5, "there is none on suite 'teams'"),
        (("others", "good"), 5, "measured suite 'teams', not 'others'"),
    ],
)
def test_an_anchor_is_an_evaluation_of_its_suite(
    measured: Project, harness: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = harness("baselines", "anchor", *arguments)
    assert (result.code, said in result.err) == (code, True)


def test_neither_a_comparison_without_the_anchor_nor_a_lenient_gate_justifies_a_promotion(
    measured: Project, harness: Run
) -> None:
    harness("baselines", "set", "main", "base")
    assert harness("compare", "base", "good").code == 0
    assert harness("baselines", "promote", "main", "--note", "compared").code == 5
    gate = ("gate", "--suite", "teams", "--baseline", "main", "--candidate", "good")
    assert harness(*gate, "--policy", "lenient").code == 0
    refused = harness("baselines", "promote", "main", "--note", "lenient")
    assert (refused.code, "the gate was lenient" in refused.err) == (3, True)
    assert harness("baselines", "promote", "main", "--note", "lenient", "--anyway").code == 0


@pytest.mark.parametrize("name", ["", "a/b", "gate:100", "main.json"])
def test_a_name_that_could_be_something_else_is_refused(measured: Project, harness: Run, name: str) -> None:
    assert harness("baselines", "set", name, "base").code == 2


def test_a_missing_file_is_no_name(measured: Project, harness: Run) -> None:
    result = harness("gate", "--suite", "teams", "--baseline", "missing/main.json", "--candidate", "good")
    assert result.code == 5
    assert "'missing/main.json': no such file; make one with `harness baselines export NAME FILE`" in result.err


def test_what_was_cut_short_is_no_baseline(measured: Project, harness: Run) -> None:
    measured.model("dying", die_after=10)
    harness("evaluate", "fake:dying.json", "--suite", "teams", "--name", "dying")
    refused = harness("baselines", "set", "main", "dying")
    assert refused.code == 2
    assert "not complete; the command that began it goes on with it" in refused.err
