from collections import Counter
from dataclasses import replace

import pytest

from harness.types import Generate
from harness_transformers.inference.model import OpenedModel
from harness_transformers.inference.replies.replies import Row
from harness_transformers.inference.replies.sampling import choose, nucleus
from harness_transformers.model.loading import Weights


@pytest.fixture
def weights(opened: OpenedModel) -> Weights:
    return opened.weights


def row(weights: Weights, seed: int = 0, **settings: float) -> Row:
    import torch

    request = replace(Generate("x", "hi"), **settings)  # type: ignore[arg-type]
    return Row(weights, request, frozenset(), torch.Generator().manual_seed(seed))


def test_words_are_drawn_by_their_shares(weights: Weights) -> None:
    import torch

    logits_bv = torch.tensor([[0.5, 0.0, 0.2, 0.3]]).log()
    one = row(weights, temperature=1.0)
    counts = Counter(choose(logits_bv, [one])[0] for _ in range(4000))
    assert {word: round(count / 4000, 1) for word, count in counts.items()} == {0: 0.5, 2: 0.2, 3: 0.3}


def test_the_temperature_sharpens_shares(weights: Weights) -> None:
    import torch

    logits_bv = torch.tensor([[0.6, 0.4]]).log()
    one = row(weights, temperature=0.2)  # 0.6 ** 5 to 0.4 ** 5 is 0.88 to 0.12
    assert round(sum(choose(logits_bv, [one])[0] for _ in range(2000)) / 2000, 1) == 0.1


def test_a_draw_depends_on_its_own_seed_only(weights: Weights) -> None:
    import torch

    logits_bv = torch.randn(3, 50, generator=torch.Generator().manual_seed(0))
    alone = choose(logits_bv[1:2], [row(weights, 7, temperature=1.0)])
    others = [row(weights, temperature=0.0), row(weights, 7, temperature=1.0), row(weights, 3, temperature=2.0)]
    assert choose(logits_bv, others)[1:2] == alone


def test_a_nucleus_is_the_smallest_set_that_reaches_top_p() -> None:
    import torch

    shares_v = torch.tensor([0.1, 0.4, 0.2, 0.3])
    assert nucleus(shares_v, 0.6)[1].tolist() == [1, 3]
    assert nucleus(shares_v, 0.71)[1].tolist() == [1, 3, 2]
    assert nucleus(shares_v, 0.0)[1].tolist() == [1]


def test_a_nucleus_may_be_larger_than_what_is_sorted_first() -> None:
    import torch

    shares_v, words_v = nucleus(torch.full((1000,), 0.001), 0.9)
    assert len(words_v) in (900, 901)  # sums of shares are rounded
    assert len(shares_v) == len(words_v)
