"""The tree of prefixes, without a model: every sequence must come out of it whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness_transformers.inference.packing import Packed, pack
from harness_transformers.inference.plan import Plan, Revisions, plan_scoring
from harness_transformers.inference.prefixes import Scored, common_prefix, prefix_tree, separate


def scored(*tokens: int, read: int = 1) -> Scored:
    return Scored(np.array(tokens, dtype=np.int32), read)


@st.composite
def sequences(draw: st.DrawFn) -> list[Scored]:
    """Some that share prefixes often: words of three letters only, read from the second on or later."""
    rows = draw(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=12), min_size=1, max_size=25))
    return [scored(*row, read=draw(st.integers(1, len(row) - 1))) for row in rows]


def read_back(plan: Plan) -> dict[int, list[tuple[list[int], int]]]:
    """Of each sequence every (tokens seen up to a place, target read there), from the packed arrays and masks alone."""
    found: dict[int, list[tuple[list[int], int]]] = {}
    for batch in plan.batches:
        node = plan.tree.nodes[batch.node]
        packed = pack(plan.tree, batch.units, node.end)
        kept = plan.tree.sequence(node.example).inputs[: node.end].tolist()
        for target, read, number in zip(packed.targets, packed.target_reads, packed.target_sequences, strict=True):
            found.setdefault(int(number), []).append((kept + seen_at(packed, int(read)), int(target)))
    return found


def seen_at(packed: Packed, read: int) -> list[int]:
    """The tokens that a place sees in its row, in the order of their positions, each position once."""
    row, column = packed.read_rows[read], packed.read_columns[read]
    places = np.arange(column + 1) if packed.seen_btt is None else np.flatnonzero(packed.seen_btt[row, column])
    positions = packed.positions_bt[row, places]
    assert sorted(positions) == list(range(positions.min(), positions.min() + len(places)))
    return [int(token) for token in packed.ids_bt[row, places[np.argsort(positions)]]]


@settings(max_examples=300, deadline=None)
@given(sequences(), st.integers(1, 40), st.integers(1, 30), st.integers(1, 60))
def test_each_read_place_sees_its_own_sequence_and_nothing_else(
    rows: list[Scored], row: int, gain: int, budget: int
) -> None:
    for tree in (prefix_tree(rows, row=row, gain=gain), separate(rows)):
        found = read_back(plan_scoring(tree, budget))
        for number, one in enumerate(rows):
            tokens, first = one.tokens.tolist(), one.first_read
            expected = [(tokens[: at + 1], tokens[at + 1]) for at in range(first, len(tokens) - 1)]
            assert sorted(found[number]) == sorted(expected)


def test_choices_of_one_case_are_one_row_and_share_its_prompt() -> None:
    prompt = list(range(40))
    tree = prefix_tree([scored(*prompt, 50, 51, 52, read=3), scored(*prompt, 50, 61, 62, read=3)], row=64, gain=16)
    ((unit,),) = (node.units for node in tree.nodes)
    assert (unit.first, unit.end, unit.length) == (0, 2, 40 + 2 + 1)


def test_a_prefix_of_many_cases_is_kept_and_ends_before_what_is_read() -> None:
    few_shot = list(range(100))
    rows = [scored(*few_shot, *([200 + n] * 30), 7) for n in range(10)]
    root, kept = prefix_tree(rows, row=64, gain=64).nodes
    assert (root.units, kept.start, kept.end, kept.parent) == ((), 0, 100, 0)
    assert [unit.length for unit in kept.units] == [30] * 10
    bare = [scored(*few_shot, 200 + n, read=2) for n in range(10)]
    assert prefix_tree(bare, row=16, gain=64).nodes[1].end == 98


def test_prefixes_are_kept_in_prefixes() -> None:
    rows = [scored(*range(100), *([s] * 50), *([n] * 30), 7) for s in (201, 202) for n in range(210, 220)]
    nodes = prefix_tree(rows, row=64, gain=64).nodes
    assert [(node.parent, node.start, node.end) for node in nodes] == [
        (None, 0, 0),
        (0, 0, 100),
        (1, 100, 150),
        (1, 100, 150),
    ]


def test_what_has_next_to_nothing_in_common_is_apart() -> None:
    tree = prefix_tree([scored(1, *([n] * 40), 7) for n in (5, 6, 8)], row=1024, gain=512)
    assert [unit.length for unit in tree.nodes[0].units] == [41, 41, 41]


def test_the_plan_says_what_sharing_saves() -> None:
    rows = [scored(*range(100), *([200 + n] * 30), 7) for n in range(10)]
    facts = plan_scoring(prefix_tree(rows, row=64, gain=64), budget=130).facts()
    assert facts == {
        "asked_tokens": 1300,
        "computed_tokens": 400,
        "padded_tokens": 400,
        "prefixes": 1,
        "rows": 10,
        "batches": 4,
    }


def test_no_sequence_makes_no_batch() -> None:
    assert plan_scoring(prefix_tree([], row=8, gain=8), 64).batches == ()
    assert plan_scoring(separate([]), 64).batches == ()


@pytest.mark.parametrize(("left", "right", "same"), [([1, 2], [1, 2, 3], 2), ([4], [5], 0), ([], [1], 0)])
def test_a_common_prefix_ends_where_one_ends_or_they_differ(left: list[int], right: list[int], same: int) -> None:
    assert common_prefix(np.array(left, dtype=np.int32), np.array(right, dtype=np.int32)) == same


def test_a_revision_makes_passes_smaller_from_its_batch_on_and_comes_back_from_facts() -> None:
    plan = plan_scoring(separate([scored(*range(9), 7) for _ in range(20)]), budget=90)
    revisions = Revisions()
    assert len(revisions.rows(plan, 0, 0)) == 10
    revisions.lower(1, 27)
    assert (len(revisions.rows(plan, 0, 0)), len(revisions.rows(plan, 1, 0)), len(revisions.rows(plan, 1, 9))) == (
        10,
        3,
        1,
    )
    again = Revisions.from_facts({"revisions": {"likelihoods": revisions.changes}}, "likelihoods")
    assert len(again.rows(plan, 1, 0)) == 3
