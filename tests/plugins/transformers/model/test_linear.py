import platform
from pathlib import Path

import pytest

from harness_transformers.model.linear import use_onednn
from harness_transformers.model.loading import load_model


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="oneDNN is used on x86 CPUs")
def test_logits_are_the_same_through_onednn(tiny: Path) -> None:
    import torch

    ids_bt = torch.arange(40).view(2, 20)
    model = load_model(tiny, "float32").eval()
    with torch.no_grad():
        before = model(ids_bt).logits
        assert use_onednn(model)
        torch.testing.assert_close(model(ids_bt).logits, before, rtol=1e-5, atol=1e-5)


def test_gradients_are_still_to_be_had(tiny: Path) -> None:
    import torch

    model = load_model(tiny, "float32")
    use_onednn(model)
    model(torch.arange(8).view(1, 8)).logits.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_other_precisions_are_left_as_they_are(tiny: Path) -> None:
    assert not use_onednn(load_model(tiny, "bfloat16"))
