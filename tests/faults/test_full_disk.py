"""A disk that is full while a plugin writes is told as that, with the file, in the harness's process and in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.test_matrix import KINDS

if TYPE_CHECKING:
    from tests.faults.conftest import Make


@pytest.mark.slow
@pytest.mark.parametrize("isolate", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_plugin_that_fills_the_disk_ends_with_file_and_reason(
    kind: str, isolate: bool, faulty: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = faulty(kind, isolate)
    monkeypatch.setenv("FAULT", "fills the disk")
    met = project.run()
    assert met.code == 4, met.err
    assert "No space left on device" in met.err
    assert "/scratch/words.bin" in met.err
    assert "Traceback" not in met.err
    monkeypatch.delenv("FAULT")
    assert project.run().code == 0
