import subprocess
import sys
from pathlib import Path

from harness.testing import write_fake_model


def test_a_fake_that_exits_ends_the_process_as_a_kill_does(tmp_path: Path) -> None:
    write_fake_model(tmp_path / "model.json", {}, die_after=1, death="exit")
    code = (
        "from harness.testing import FakeBackend\n"
        "from harness.types import Generate, ModelReference, OpenRequest\n"
        "try:\n"
        "    with FakeBackend().open(OpenRequest(ModelReference('model.json'))) as model:\n"
        "        for answer in model.answer([Generate('a', 'x'), Generate('b', 'x')]):\n"
        "            print(answer.key, flush=True)\n"
        "finally:\n"
        "    print('cleaned up')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (137, "a\n")
