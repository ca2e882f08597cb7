import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.types import Identity, ModelReference, OpenRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.identity import device

NO_TENSORS = b"\2\0\0\0\0\0\0\0{}"
NO_TORCH = """
import sys
from harness.types import ModelReference, OpenRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.training.trainer import SupervisedTrainer
SupervisedTrainer()
backend, request = TransformersBackend(device="cpu"), OpenRequest(ModelReference(sys.argv[1]))
print(backend.identify(request).fingerprint, *backend.count_tokens(request, ["The box", ""]))
print(sorted({"torch", "transformers", "peft", "accelerate"} & set(sys.modules)))
"""


@pytest.fixture
def copy(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "copy")


def identify(folder: Path, adapter: Path | None = None) -> Identity:
    reference = ModelReference(str(folder), adapter=str(adapter) if adapter else None)
    return TransformersBackend(device="cpu").identify(OpenRequest(reference))


def changed_parts(before: Identity, after: Identity) -> set[str]:
    return {name for name in before.parts if before.parts[name] != after.parts[name]}


def edit(file: Path, **changes: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def test_neither_identity_nor_token_counts_import_torch(tiny: Path) -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", NO_TORCH, tiny], capture_output=True, text=True, env=environment)
    assert done.stderr == ""
    first, imported = done.stdout.splitlines()
    assert first.split()[0] == identify(tiny).fingerprint
    assert first.split()[2] == "0"
    assert imported == "[]"


def test_a_copy_is_the_same_model(tiny: Path, copy: Path) -> None:
    assert identify(copy) == identify(tiny)
    assert identify(tiny).context_length == 192
    assert identify(tiny).numerics == "float32/cpu"


def test_who_saved_the_files_does_not_matter(copy: Path) -> None:
    before = identify(copy)
    edit(copy / "config.json", transformers_version="9.9", _name_or_path="/home/me/model")
    edit(copy / "tokenizer_config.json", local_files_only=False, name_or_path="x")
    assert identify(copy) == before


def test_each_part_shows_what_was_changed(copy: Path) -> None:
    before = identify(copy)
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    assert changed_parts(before, identify(copy)) == {"weights"}
    (copy / "model.safetensors").write_bytes(weights)
    (copy / "chat_template.jinja").write_text("{{ messages }}", "utf-8")
    assert changed_parts(before, identify(copy)) == {"template"}
    edit(copy / "generation_config.json", eos_token_id=7)
    assert changed_parts(before, identify(copy)) == {"template", "generation"}
    edit(copy / "config.json", rms_norm_eps=0.1)
    assert changed_parts(before, identify(copy)) == {"template", "generation", "weights"}


def test_line_ends_do_not_make_another_template(copy: Path) -> None:
    (copy / "chat_template.jinja").write_bytes(b"{{ messages }}\n")
    before = identify(copy)
    (copy / "chat_template.jinja").write_bytes(b"{{ messages }}\r\n")
    assert identify(copy) == before


def test_a_large_file_is_hashed_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness_transformers.identity import cache

    hashed = []
    whole = cache.file_hash
    monkeypatch.setattr(cache, "SMALL_BYTES", 0)
    monkeypatch.setattr(cache, "file_hash", lambda path: (hashed.append(path.name), whole(path))[1])
    assert identify(copy) == identify(copy)
    assert hashed == ["model.safetensors", "tokenizer.json"]
    (copy / "model.safetensors").write_bytes(NO_TENSORS)
    identify(copy)
    assert hashed[2:] == ["model.safetensors"]


def test_pickled_weights_are_refused_with_the_remedy(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(UsageError, match=r"pickle files.*save_pretrained"):
        identify(copy)


def test_a_missing_shard_is_named(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    with pytest.raises(UsageError, match=r"'model-1.safetensors', which is not there \(2 of 2 missing\)"):
        identify(copy)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", "has no config.json"),
        ("tokenizer.json", "has no tokenizer.json"),
        ("model.safetensors", "neither"),
    ],
)
def test_what_a_folder_lacks_is_named(copy: Path, missing: str, message: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(UsageError, match=message):
        identify(copy)


def test_an_unknown_name_is_no_reason_to_use_the_network(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'no-such-model': no such folder.*OWNER/NAME.*smollm2-135m-instruct"):
        TransformersBackend().identify(OpenRequest(ModelReference("no-such-model")))


def test_a_hub_name_that_cannot_be_fetched_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match=r"'nobody/nothing-at-all': .* could not be fetched from the hub: "):
        TransformersBackend().identify(OpenRequest(ModelReference("nobody/nothing-at-all")))


def test_an_adapter_is_part_of_the_identity_and_its_base_path_is_not(tiny: Path, tmp_path: Path) -> None:
    settings = {"r": 2, "target_modules": ["q_proj", "v_proj"], "base_model_name_or_path": "/somewhere"}
    (tmp_path / "adapter_config.json").write_text(json.dumps(settings), "utf-8")
    (tmp_path / "adapter_model.safetensors").write_bytes(NO_TENSORS)
    adapted = identify(tiny, tmp_path)
    assert adapted.fingerprint != identify(tiny).fingerprint
    edit(tmp_path / "adapter_config.json", base_model_name_or_path="/elsewhere", target_modules=["v_proj", "q_proj"])
    assert identify(tiny, tmp_path) == adapted
    edit(tmp_path / "adapter_config.json", r=4)
    assert identify(tiny, tmp_path) != adapted


def test_a_pickled_adapter_is_refused(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}", "utf-8")
    (tmp_path / "adapter_model.bin").write_bytes(b"")
    with pytest.raises(UsageError, match="pickled adapters are not read"):
        identify(tiny, tmp_path)


def test_an_adapter_that_puts_tokens_before_the_prompt_is_refused(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "PREFIX_TUNING"}', "utf-8")
    (tmp_path / "adapter_model.safetensors").write_bytes(NO_TENSORS)
    with pytest.raises(UsageError, match=r"PREFIX_TUNING puts tokens of its own .*LoRA"):
        identify(tiny, tmp_path)


def test_auto_is_the_precision_the_weights_are_stored_in(copy: Path) -> None:
    edit(copy / "config.json", dtype="bfloat16")
    request = OpenRequest(ModelReference(str(copy)))
    assert TransformersBackend(dtype="auto", device="cpu").identify(request).numerics == "bfloat16/cpu"


def test_the_device_is_known_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = tmp_path / "nvidia0"
    monkeypatch.setattr(device, "DRIVER_FILES", (card,))
    monkeypatch.setattr(device, "version", lambda name: "2.14.1")
    monkeypatch.setattr(device.sys, "platform", "linux")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device.choose_device("auto") == "cpu"
    card.touch()
    assert device.choose_device("auto") == "cuda"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.choose_device("auto") == "cpu"
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(device, "version", lambda name: "2.14.1+cpu")
    assert device.choose_device("auto") == "cpu"
    assert device.choose_device("mps") == "mps"


def test_a_revision_of_a_folder_is_refused(tiny: Path) -> None:
    reference = replace(ModelReference(str(tiny)), revision="main")
    with pytest.raises(UsageError, match="a folder has no revision"):
        TransformersBackend().identify(OpenRequest(reference))
