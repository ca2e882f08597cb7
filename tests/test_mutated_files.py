"""Some hundred files of every kind, changed at random: each is read or refused in a sentence, and in a moment.

Ten thousand, through the whole program: `python tests/benchmarks/mutated_files.py`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random

import pytest
from mutated.mutations import mutated
from mutated.subjects import SUBJECTS, Subject, fill

from harness.errors import MOST_BYTES, HarnessError, shortened

_EACH = 50
_SEED = 12


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "datasets", None)  # what a task file names is not looked for in the network
    fill(tmp_path)
    return tmp_path


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.kind)
def test_a_sound_file_is_read(subject: Subject, folder: Path) -> None:
    assert subject.read()


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of expressions that Python may read in another way one day
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda one: one.kind)
def test_a_file_that_was_changed_is_read_or_refused_in_a_sentence(subject: Subject, folder: Path) -> None:
    file, random = folder / subject.file, Random(f"{_SEED} {subject.kind}")
    sound, told = file.read_bytes(), []
    for number in range(_EACH):
        file.write_bytes(mutated(sound, subject.form, random))
        began = time.thread_time()
        try:
            subject.read()
        except HarnessError as refusal:
            told.append(shortened(str(refusal)))
        except Exception as error:
            raise AssertionError(f"file {number}: {file.read_bytes()[:2_000]!r}") from error
        assert time.thread_time() - began < 10, f"file {number}: {file.read_bytes()[:2_000]!r}"
    assert len(told) > _EACH / 3
    assert all(0 < len(one.encode("utf-8", "replace")) <= MOST_BYTES for one in told)
