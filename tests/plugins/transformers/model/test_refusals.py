"""A setting in config.json that no model can have is refused with the file and the key, before anything is asked."""

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.types import Generate, ModelReference, OpenRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.identity.settings import QUANTIZATIONS
from harness_transformers.model.loading import load_model

BACKEND = TransformersBackend(device="cpu")


def folder_with(tiny: Path, folder: Path, changes: Mapping[str, object]) -> OpenRequest:
    """To open a copy of the tiny model with these changes in its config.json."""
    shutil.copytree(tiny, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | changes), "utf-8")
    return OpenRequest(ModelReference(str(folder)), threads=1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"num_attention_heads": 0}, "num_attention_heads 0: "),
        ({"eos_token_id": "end"}, "eos_token_id: .*expected int"),
        ({"use_cache": "often"}, "use_cache: .*expected bool, got str"),
        ({"dtype": "float7"}, "dtype: .*no attribute 'float7'"),
        ({"rope_theta": math.nan}, "rope_theta: must be a finite number, not nan"),
        ({"rope_parameters": {"factors": [1.0, -math.inf]}}, r"rope_parameters.factors\[1\]: must be a finite"),
        ({"architectures": ["os.system"]}, "architectures: must be a list of names of classes"),
        ({"architectures": "LlamaForCausalLM"}, "architectures: must be a list of names of classes"),
    ],
)
def test_a_check_blames_config_json_and_not_the_tokenizer(
    tiny: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    request = folder_with(tiny, tmp_path / "copy", changes)
    with pytest.raises(UsageError, match=rf"config.json: {said}"):
        BACKEND.check_requests(request, [Generate("a", "Where is the box?")])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"head_dim": 0}, "head_dim 0: describes no model"),
        ({"hidden_act": "loud"}, "hidden_act: describes no model.*'loud'"),
        ({"rope_parameters": {"rope_type": "rocky", "rope_theta": 1.0}}, "rope_parameters.rope_type: describes no"),
        ({"text_config": "small"}, "describes no model"),
        ({"logit_scale": "loud"}, "logit_scale: must be a number, not 'loud'"),
    ],
)
def test_an_opening_names_the_setting_that_the_library_stumbled_over(
    tiny: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    request = folder_with(tiny, tmp_path / "copy", changes)
    with pytest.raises(UsageError, match=rf"config.json: {said}"), BACKEND.open(request):
        pass


@pytest.mark.parametrize("method", sorted(QUANTIZATIONS))
def test_a_library_of_quantization_that_is_missing_is_named_by_the_identity(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("harness_transformers.identity.settings.find_spec", lambda _: None)
    request = folder_with(tiny, tmp_path / "copy", {"quantization_config": {"quant_method": method}})
    with pytest.raises(UsageError, match=rf"config.json: quantization_config: .*'{method}' computes with \w+, which"):
        BACKEND.identify(request)


def test_a_library_of_quantization_that_is_too_old_is_named_by_the_opening(tiny: Path, tmp_path: Path) -> None:
    quantized = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    folder_with(tiny, tmp_path / "copy", {"quantization_config": quantized})
    with pytest.raises(UsageError, match=r"config.json: quantization_config: ImportError: .*bitsandbytes"):
        load_model(tmp_path / "copy", "float32")


def test_architectures_load_no_other_class_than_that_of_the_model_type(tiny: Path, tmp_path: Path) -> None:
    folder_with(tiny, tmp_path / "copy", {"architectures": ["GPT2LMHeadModel", "Popen"]})
    assert type(load_model(tmp_path / "copy", "float32")).__name__ == "LlamaForCausalLM"
