"""A first project, a run and an evaluation of a real model connect to nothing outside of this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_llama import save_tiny_llama

WATCH = """
import os, sys
def hook(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"):
        where = arguments[0:2] if event == "socket.getaddrinfo" else arguments[1]
        if isinstance(where, tuple) and where[0] not in ("127.0.0.1", "::1", "localhost"):
            with open(os.environ["CONNECTED"], "a") as file:
                file.write(f"{event} {where}\\n")
            raise OSError("no network")
sys.addaudithook(hook)
"""
PROGRAM = "from harness.cli import entry; entry()"


@pytest.mark.slow
def test_init_run_and_evaluate_connect_to_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    save_tiny_llama(tmp_path / "tiny")
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    connected = tmp_path / "connected"
    offline = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE")
    kept = {name: value for name, value in os.environ.items() if name not in offline}
    env = {**kept, "PYTHONPATH": str(tmp_path), "CONNECTED": str(connected), "HARNESS_HOME": str(tmp_path / "home")}

    def harness(*arguments: str, folder: Path) -> tuple[int, str]:
        command = [sys.executable, "-c", PROGRAM, *arguments]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=600)
        return done.returncode, done.stderr

    assert harness("init", "project", folder=tmp_path)[0] == 0
    project = tmp_path / "project"
    recipe = project / "recipe.yaml"
    recipe.write_text(re.sub(r"(?m)^model: .*$", "model: ../tiny", recipe.read_text("utf-8")), "utf-8")
    suite = str(next((project / "suites").glob("*.yaml")))
    for command in (("run", "recipe.yaml"), ("evaluate", "../tiny", "--suite", suite, "--option", "device=cpu")):
        code, said = harness(*command, folder=project)
        assert code in (0, 1, 3), said
    assert not connected.exists(), connected.read_text("utf-8")
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"  # the watch sees what there is to see
    assert subprocess.run([sys.executable, "-c", probe], env=env, stderr=subprocess.DEVNULL).returncode == 1
    assert "192.0.2.1" in connected.read_text("utf-8")
