"""Plugin code that runs in the command's own process: at import, in a registration hook, at an event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Spawn
    from tests.conftest import Project

HEAD = "import os\nfrom os import _exit\nfrom harness import hookimpl\n"
AT = {
    "import": "{does}\n",
    "registration": "@hookimpl\ndef register_metrics():\n    {does}\n    return []\n",
    "event": "@hookimpl\ndef run_finished(event):\n    {does}\n",
    "end": "import atexit\natexit.register(lambda: {does})\n",
}


def plugin(folder: Path, at: str, does: str) -> str:
    (folder / "loud.py").write_text(HEAD + AT[at].format(does=does), encoding="utf-8")
    return "loud.py"


@pytest.mark.parametrize("leaves", ["os._exit(0)", "_exit(0)"])
@pytest.mark.parametrize("at", AT)
def test_a_regression_stays_exit_code_1_where_a_plugin_leaves(
    measured: Project, spawn: Spawn, at: str, leaves: str
) -> None:
    file = plugin(measured.folder, at, leaves)
    process = spawn("gate", "--suite", "teams", "--baseline", "good", "--candidate", "base", "--plugin", file)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    # What a hook could not register is told where a run asks for it.
    assert at == "registration" or "SystemExit: os._exit(0)" in err


@pytest.mark.parametrize("writes", ["os.write(1, b'loud')", "os.system('echo loud')"])
@pytest.mark.parametrize("at", AT)
def test_json_stands_alone_on_stdout_where_a_plugin_writes(
    measured: Project, spawn: Spawn, at: str, writes: str
) -> None:
    file = plugin(measured.folder, at, writes)
    process = spawn("evaluate", "fake:near.json", "--suite", "teams", "--json", "--plugin", file)
    out, err = process.communicate(timeout=60)
    assert json.loads(out)
    assert "loud" in err
