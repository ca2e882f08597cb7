"""A model or adapter whose weights are missing, left over, torn, of other sizes or elsewhere is refused."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from where import DEVICE

from harness.errors import UsageError
from harness.types import LogLikelihood, ModelReference, OpenRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.model.adapters import peft_warnings_silenced

ASKED = [LogLikelihood("x", "Hold the ring", (" until", " box"))]


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "copy")


def asked(folder: Path, adapter: Path | None = None) -> list[float]:
    reference = ModelReference(str(folder), adapter=str(adapter) if adapter else None)
    backend = TransformersBackend(device=DEVICE)
    backend.identify(OpenRequest(reference))
    with backend.open(OpenRequest(reference, threads=1)) as model:
        (answer,) = model.answer(ASKED)
    return [one.log_likelihood for one in answer.likelihoods]


def weights(folder: Path, name: str = "model") -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / f"{name}.safetensors"))


def save(content: dict[str, Any], folder: Path, name: str = "model") -> None:
    from safetensors.torch import save_file

    save_file(content, folder / f"{name}.safetensors", metadata={"format": "pt"})


def edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def without(part: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda held: {name: tensor for name, tensor in held.items() if part not in name}


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "half": (without("layers.1"), r"lacks: model.layers.1.input_layernorm.weight, .* and 6 more"),
    "no head": (without("lm_head"), r"lacks: lm_head.weight"),
    "no norm": (without("model.norm"), r"lacks: model.norm.weight"),
    "renamed": (lambda held: {f"other.{name}": one for name, one in held.items()}, r"lacks: .*holds others: other\."),
    "a layer more": (
        lambda held: held | {name.replace("layers.1", "layers.2"): one.clone() for name, one in held.items()},
        r"holds others: model.layers.2.input_layernorm.weight",
    ),
    "a bias": (
        lambda held: held | {"model.layers.0.self_attn.q_proj.bias": held["model.norm.weight"].clone()},
        r"holds others: model.layers.0.self_attn.q_proj.bias",
    ),
    "other sizes": (
        lambda held: held | {"model.norm.weight": held["model.norm.weight"][:16].clone()},
        r"has other sizes: model.norm.weight \(16 in the file, 32 in the model\)",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_weights_that_are_not_those_of_the_model_are_refused(copy: Path, kind: str) -> None:
    change, message = BROKEN[kind]
    save(change(weights(copy)), copy)
    with pytest.raises(UsageError, match=rf"model.safetensors: does not hold the weights of .*{message}"):
        asked(copy)


def test_shards_give_the_figures_of_the_whole(copy: Path, tiny: Path) -> None:
    held = weights(copy)
    (copy / "model.safetensors").unlink()
    for number, part in enumerate(("layers.0", "layers.1", "")):
        mine = {name: one for name, one in held.items() if part in name and ("layers" in name) == bool(part)}
        save(mine, copy, f"part-{number}")
    place = {name: f"part-{name[13] if 'layers' in name else 2}.safetensors" for name in held}
    (copy / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": place}), "utf-8")
    assert asked(copy) == asked(tiny)
    save({name: one for name, one in held.items() if "layers.1.mlp" in name}, copy, "part-1")
    with pytest.raises(UsageError, match=r"index.json: does not hold .*lacks: model.layers.1.input_layernorm"):
        asked(copy)


def test_a_tied_head_and_forgotten_buffers_are_none_of_what_lacks(copy: Path) -> None:
    import torch

    held = weights(copy)
    held["lm_head.weight"] = held["model.embed_tokens.weight"].clone()
    save(held, copy)
    edit(copy / "config.json", tie_word_embeddings=True)
    both = asked(copy)
    forgotten = {
        "model.layers.0.self_attn.rotary_emb.inv_freq": torch.zeros(4),
        "model.layers.0.attn.masked_bias": torch.tensor(-1e4),
        "model.layers.0.attn.attention.bias": torch.ones(1, 1, 4, 4),
    }
    save(without("lm_head")(held) | forgotten, copy)
    assert asked(copy) == both


@pytest.mark.parametrize("cut", [0, 4, 100, 5000, -1])
def test_torn_weights_are_named_before_torch_is_asked(copy: Path, cut: int) -> None:
    content = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(content[:cut])
    with pytest.raises(UsageError, match=r"model.safetensors: is torn"):
        TransformersBackend(device="cpu").identify(OpenRequest(ModelReference(str(copy))))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"[]", "its head is no JSON object"),
        (b"{", "its head is no JSON object"),
        (b"[" * 5000, "its head is no JSON object"),
        (b'{"a": {"dtype": "F32"}}', "does not say where each tensor lies"),
        (b'{"a": 3}', "does not say where each tensor lies"),
        (
            json.dumps(
                {str(n): {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for n in range(200_001)}
            ).encode(),
            "holds 200,001 tensors",
        ),
    ],
)
def test_a_head_that_says_nothing_or_too_much_is_refused(copy: Path, head: bytes, message: str) -> None:
    (copy / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head)
    with pytest.raises(UsageError, match=rf"model.safetensors: .*{message}"):
        asked(copy)


@pytest.mark.parametrize(
    "weight_map",
    [
        {"a": "../outside.safetensors"},
        {"a": "/etc/passwd.safetensors"},
        {"a": "sub/model.safetensors"},
        {"a": "pytorch_model.bin"},
        {"a": "..\\outside.safetensors"},
        {"a": "nul\0.safetensors"},
        {"a": 3},
        {"a": ["model.safetensors"]},
        {},
        [],
        None,
    ],
)
def test_an_index_names_files_of_its_folder_alone(copy: Path, weight_map: object) -> None:
    (copy / "model.safetensors").rename(copy.parent / "outside.safetensors")
    (copy / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}), "utf-8")
    with pytest.raises(UsageError, match=r"model.safetensors.index.json: weight_map: "):
        asked(copy)


SETTINGS: dict[str, tuple[dict[str, object], str]] = {
    "kernel": ({"_attn_implementation": "somebody/flash"}, "_attn_implementation: 'somebody/flash' would be code"),
    "flash": ({"attn_implementation": "flash_attention_2"}, "attn_implementation: 'flash_attention_2'"),
    "a part's kernel": ({"text_config": {"attn_implementation": "a/b:c"}}, "attn_implementation: 'a/b:c'"),
    "kernels by part": ({"attn_implementation": {"": "sdpa", "x": "a/b"}}, "attn_implementation: 'a/b'"),
    "experts": ({"_experts_implementation": "sonicmoe"}, "_experts_implementation: 'sonicmoe'"),
    "quantization": ({"quantization_config": {"quant_method": "mxfp4"}}, "quant_method 'mxfp4' would fetch code"),
    "no quantization": ({"quantization_config": ["x"]}, "quantization_config"),
    "other weights": ({"transformers_weights": "pytorch_model.bin"}, "transformers_weights: names other weights"),
    "many layers": ({"num_hidden_layers": 10**9}, "num_hidden_layers: is 1000000000, and the files hold 21 tensors"),
    "many tokens": ({"vocab_size": 10**8}, "describes a model of 6,4.* weights, and the files hold"),
    "too many tokens": ({"vocab_size": 10**30}, "describes no model that transformers can make"),
    "negative": ({"hidden_size": -4}, "describes no model that transformers can make"),
    "of another type": ({"hidden_size": "wide"}, "describes no model that transformers can make"),
    "unknown": ({"model_type": "never-heard-of"}, "describes no model that transformers can make"),
    "own code": (
        {"model_type": "mine", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}},
        "describes no model that transformers can make",
    ),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_that_name_code_or_another_model_are_refused(copy: Path, kind: str) -> None:
    changes, message = SETTINGS[kind]
    edit(copy / "config.json", **changes)
    (copy / "evil.py").write_text("import pathlib; pathlib.Path('ran').touch()", "utf-8")
    with pytest.raises(UsageError, match=rf"config.json: .*{message}"):
        asked(copy)
    assert not Path("ran").exists()


@pytest.mark.parametrize("name", ["adapter_config.json", "shard-00000-model-00000-of-00001.safetensors"])
def test_what_would_be_loaded_beside_or_instead_is_refused(copy: Path, name: str) -> None:
    (copy / name).write_text("{}", "utf-8")
    with pytest.raises(UsageError, match=rf"{name}: would be loaded beside"):
        asked(copy)


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json"])
@pytest.mark.parametrize("content", ["{", "[]", '{"a":' * 400 + "1" + "}" * 400, '{"a": "\\ud800"}', "\xff"])
def test_a_file_that_cannot_be_read_is_named(copy: Path, name: str, content: str) -> None:
    (copy / name).write_text(content, "latin-1")
    with pytest.raises(UsageError, match=rf"{name}: "):
        asked(copy)


def test_a_pipe_in_the_folder_is_no_file(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    os.mkfifo(copy / "chat_template.jinja")
    with pytest.raises(UsageError, match=r"chat_template.jinja: is no regular file"):
        asked(copy)


def make_adapter(tiny: Path, folder: Path, **settings: Any) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    given = {"r": 2, "target_modules": "all-linear", "task_type": "CAUSAL_LM"} | settings
    with peft_warnings_silenced():
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny), LoraConfig(**given))
    torch.manual_seed(1)
    for parameter in model.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder, save_embedding_layers=False)
    return folder


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"use_dora": True},
        {"use_rslora": True, "target_modules": ["q_proj", "embed_tokens"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]},
        {"target_modules": ["q_proj"], "trainable_token_indices": [1, 2]},
    ],
)
def test_whole_adapters_are_put_on(tiny: Path, tmp_path: Path, settings: dict[str, Any]) -> None:
    adapter = make_adapter(tiny, tmp_path / "adapter", **settings)
    assert asked(tiny, adapter) != asked(tiny)


BROKEN_ADAPTERS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "renamed": (lambda held: {f"x.{name}": one for name, one in held.items()}, "lacks: .*holds others: "),
    "half": (without("lora_B"), "lacks: .*lora_B"),
    "a layer less": (without("layers.1"), "lacks: .*layers.1"),
    "a layer more": (
        lambda held: held | {name.replace("layers.1", "layers.7"): one.clone() for name, one in held.items()},
        "holds others: .*layers.7",
    ),
    "nothing": (without(""), "lacks: "),
    "no head": (without("lm_head"), "lacks: base_model.model.lm_head.weight"),
    "the model's own": (
        lambda held: held | {"base_model.model.model.norm.weight": next(iter(held.values()))[0].clone()},
        "holds weights of the model itself, such as base_model.model.model.norm.weight",
    ),
}


@pytest.mark.parametrize("kind", BROKEN_ADAPTERS)
def test_an_adapter_that_is_not_whole_is_refused(tiny: Path, tmp_path: Path, kind: str) -> None:
    change, message = BROKEN_ADAPTERS[kind]
    modules = ["lm_head"] if kind == "no head" else None
    adapter = make_adapter(tiny, tmp_path / "adapter", target_modules=["q_proj"], modules_to_save=modules)
    save(change(weights(adapter, "adapter_model")), adapter, "adapter_model")
    with pytest.raises(UsageError, match=rf"adapter.*{message}"):
        asked(tiny, adapter)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target_modules": ["no_such_layer"]}, "cannot be put on"),
        ({"r": "two"}, "cannot be put on"),
        ({"peft_type": "MAGIC"}, "cannot be put on"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights: 'pissa' changes the weights below"),
    ],
)
def test_settings_of_an_adapter_that_do_not_fit_are_refused(
    tiny: Path, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    adapter = make_adapter(tiny, tmp_path / "adapter")
    edit(adapter / "adapter_config.json", **changes)
    with pytest.raises(UsageError, match=rf"adapter.*{message}"):
        asked(tiny, adapter)
