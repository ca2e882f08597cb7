from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.testing import make_conversation, make_conversation_set
from harness.types import TrainRequest
from harness_transformers.training import lessons
from harness_transformers.training.lessons import look_at, take

MakeRequest = Callable[..., TrainRequest]


def test_rows_that_were_looked_at_are_not_rendered_again_for_the_training(tiny: Path, request_in: MakeRequest) -> None:
    request = request_in("checked")
    looked_at = look_at(tiny, request, 60)
    assert take(tiny, replace(request, folder=Path("training")), 60) is looked_at
    again = take(tiny, request, 60)
    assert (again is looked_at, again.train == looked_at.train) == (False, True)


def test_other_rows_or_another_cut_are_rendered_anew(tiny: Path, request_in: MakeRequest) -> None:
    request = request_in("checked")
    looked_at = look_at(tiny, request, 60)
    others = make_conversation_set([make_conversation("hi", "yes")])
    assert take(tiny, request, 59) is not looked_at
    assert take(tiny, replace(request, train=others), 60).train.total == 1
    assert take(tiny, replace(request, validation=others), 60).validation.total == 1


def test_rows_that_are_not_trained_on_are_not_kept(tiny: Path, request_in: MakeRequest) -> None:
    request = request_in("checked")
    look_at(tiny, request, 60)
    assert lessons._looked_at
    del request
    gc.collect()
    assert not lessons._looked_at
